import { randomBytes } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DatabaseAddress, openAlone, openStore, titleOf } from "../../src/adapters/store/open.ts";
import { type Progress, TABLES, transfer } from "../../src/adapters/store/transfer.ts";
import { isKind } from "../../src/domain/errors.ts";
import { describeWithParts } from "../support/parts.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { aBuild, aDelivery, anOrder } from "./store.contract.ts";

describeWithParts("moving a database", ["postgres"], () => {
  let directory: string;
  let postgres: Postgres;
  let full: DatabaseAddress;
  let files = 0;
  beforeAll(async () => {
    directory = await makeTempDir();
    postgres = await startPostgres();
    full = sqlite();
    await fill(full, 1000);
  });
  afterAll(async () => {
    await postgres.remove();
    await removeTempDir(directory);
  });

  const sqlite = (): DatabaseAddress => ({ kind: "sqlite", path: join(directory, `${++files}.db`) });
  const server = async (): Promise<DatabaseAddress> => ({
    kind: "postgres",
    url: await postgres.createDatabase(),
    password: postgres.password,
  });

  async function move(from: DatabaseAddress, to: DatabaseAddress, progress: Progress = () => undefined) {
    const source = await openAlone(from);
    try {
      const target = await openAlone(to);
      return await transfer(source, target, progress).finally(target.close);
    } finally {
      await source.close();
    }
  }

  it("knows every table", () => {
    const names = Object.keys(dump(full)).filter((name) => !/migration/.test(name));
    expect(TABLES.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  it("takes every row as it is, there and back", async () => {
    const [there, back] = [await server(), sqlite()];
    const seen: string[] = [];
    const moved = await move(full, there, (...progress) => seen.push(progress.join(" ")));
    expect(moved).toMatchObject({
      moved: true,
      rows: { delivery: 1000, build: 1000, status: 1000, comment: 100, comment_build: 500 },
    });
    expect(seen).toContain("build 500 1000");
    expect(await move(there, back)).toEqual(moved);
    const withoutTimes = (tables: Record<string, unknown>) => ({ ...tables, migration: null });
    expect(withoutTimes(dump(back))).toEqual(withoutTimes(dump(full)));
  });

  it("finds that it is done when it is run again, unless one value differs", async () => {
    const to = await server();
    const { rows } = await move(full, to);
    expect(await move(full, to)).toEqual({ moved: false, rows });
    await postgres.query("update status set tries = 1 where build = 'b7'", titleOf(to));
    await expect(move(full, to)).rejects.toThrow(/not empty/);
  });

  it("leaves nothing behind when it is interrupted, and can be run again", async () => {
    for (const to of [await server(), sqlite()]) {
      const interrupt: Progress = (table, done) => {
        if (table === "status" && done > 0) throw new Error("interrupted");
      };
      await expect(move(full, to, interrupt)).rejects.toThrow("interrupted");
      const store = await openStore(to);
      expect(await store.builds({ limit: 1 })).toEqual([]);
      await store.close();
      expect(await move(full, to)).toMatchObject({ moved: true });
    }
  });

  it("refuses a target that holds something else, and leaves it alone", async () => {
    for (const to of [await server(), sqlite()]) {
      await fill(to, 1);
      await expect(move(full, to)).rejects.toThrow(/^the target is not empty; move into a new database$/);
      const store = await openStore(to);
      expect(await store.builds({ limit: 9 })).toHaveLength(1);
      await store.close();
    }
  });

  it("refuses a database that somebody works with, at either end", async () => {
    for (const address of [await server(), sqlite()]) {
      const store = await openStore(address);
      await store.ready();
      for (const [from, to] of [
        [address, sqlite()],
        [full, address],
      ] as const)
        await expect(move(from, to)).rejects.toSatisfy(
          (error) => isKind(error, "invalid") && /stop/.test(error.message),
        );
      await store.close();
    }
  });

  it("keeps everybody else from writing meanwhile", async () => {
    const file = join(directory, `${++files}.db`);
    let write: () => Promise<unknown> = async () => new Database(file, { timeout: 0 }).exec("delete from build");
    let answer: Promise<string> | undefined;
    const progress: Progress = (table, done) => {
      if (table === "delivery" && done === 0) answer = write().then(() => "written", String);
    };
    await move(full, { kind: "sqlite", path: file }, progress);
    expect(await answer).toMatch("database is locked");
    const to = await server();
    write = () => postgres.query("begin; lock table build in row exclusive mode nowait", titleOf(to));
    await move(full, to, progress);
    expect(await answer).toMatch('could not obtain lock on relation "build"');
  });
});

/** Everything in a database file, by table. */
function dump(address: DatabaseAddress): Record<string, unknown[]> {
  if (address.kind !== "sqlite") throw new Error("no file");
  const database = new Database(address.path);
  const names = database.prepare<[], { name: string }>("select name from sqlite_master where type = 'table'").all();
  const rows = names.map(({ name }) => [name, database.prepare(`select * from ${name} order by 1, 2`).all()]);
  database.close();
  return Object.fromEntries(rows);
}

/** Builds in every shape, told to commits and merge requests. */
async function fill(address: DatabaseAddress, count: number): Promise<void> {
  const store = await openStore(address);
  const base = 1_760_000_000_000;
  const accepted = Array.from({ length: count }, (_, n) => {
    const build = aBuild({
      id: `b${n}`,
      createdAt: base + n,
      sha: n.toString(16).padStart(40, "0"),
      repo: n % 2 ? "rpms/hello" : "rpms/Größe-日本 \u{1F4E6}'\"",
      reason: n % 3 ? null : "line\none\ttwo\\ %_",
      wakeAt: n % 5 ? null : base,
    });
    const mr = n % 2 ? { repo: "rpms/hello", mr: n % 200 } : null;
    const delivery = aDelivery({ id: `d${n}`, builds: [build.id], payload: randomBytes(n % 50), receivedAt: base + n });
    return store.accept(delivery, [anOrder(build, { mr })]);
  });
  await Promise.all(accepted);
  const task = { id: 123_456_789_012, state: "OPEN" as const, startedAt: base, finishedAt: null, children: [] };
  for (const build of await store.builds({ limit: 20 })) await store.save({ ...build, phase: "running", task }, true);
  await store.close();
}
