import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openPostgresStore } from "../../src/adapters/store/postgres.ts";
import { createPool } from "../../src/adapters/store/postgres-pool.ts";
import { explain, isKind, kindOf } from "../../src/domain/errors.ts";
import type { Store } from "../../src/ports/store.ts";
import { describeWithParts, postgresBinaries } from "../support/parts.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { archiveContract } from "./archive.contract.ts";
import { censusContract } from "./census.contract.ts";
import { galleryContract } from "./gallery.contract.ts";
import { leaseContract } from "./lease.contract.ts";
import { sideTagContract } from "./sidetags.contract.ts";
import { aBuild, aDelivery, anOrder, storeContract } from "./store.contract.ts";

describeWithParts("Postgres", ["postgres"], () => {
  let postgres: Postgres;
  const bin = postgresBinaries() ?? "";
  const closers: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  afterAll(() => postgres.remove());

  const open = (url: string, password: string | null = postgres.password) => openPostgresStore({ url, password });

  /** What two processes have. */
  async function openTwice(): Promise<{ url: string; one: Store; two: Store }> {
    const url = await postgres.createDatabase();
    const [one, two] = await Promise.all([open(url), open(url)]);
    closers.push(one.close, two.close);
    return { url, one, two };
  }

  /** Somebody else's transaction, until it is committed. */
  async function begin(url: string) {
    const client = await postgres.session(url);
    closers.push(() => client.end());
    await client.query("begin");
    return client;
  }

  storeContract("Postgres", async () => open(await postgres.createDatabase()));
  leaseContract("Postgres", async () => open(await postgres.createDatabase()));
  galleryContract("Postgres", async () => open(await postgres.createDatabase()));
  sideTagContract("Postgres", async () => open(await postgres.createDatabase()));
  censusContract("Postgres", async () => open(await postgres.createDatabase()));
  archiveContract("Postgres", async () => open(await postgres.createDatabase()));

  it("is backed up while it is in use, as docs/operate.md says, and restored", async () => {
    const [url, other] = [await postgres.createDatabase(), await postgres.createDatabase()];
    const store = await open(url);
    closers.push(store.close);
    await store.accept(aDelivery(), [anOrder()]);
    const env = { PGPASSWORD: postgres.password };
    const dump = execFileSync(join(bin, "pg_dump"), ["--format=custom", url], { env });
    await (await open(other)).close();
    execFileSync(join(bin, "pg_restore"), ["--clean", "--if-exists", "--dbname", other], { env, input: dump });
    const restored = await open(other);
    closers.push(restored.close);
    expect(await restored.delivery("d1")).toMatchObject({ builds: ["b1"] });
    expect(await restored.build("b1")).toMatchObject({ phase: "queued" });
  });

  describe("several processes", () => {
    it("start together, and the tables are made once", async () => {
      for (let round = 0; round < 3; round++) {
        const url = await postgres.createDatabase();
        const stores = await Promise.all(Array.from({ length: 5 }, () => open(url)));
        expect(await postgres.query("select name from migration", url)).toEqual([{ name: "0001-first" }]);
        await Promise.all(stores.map((store) => store.close()));
      }
    });

    it("take one delivery once", async () => {
      const { one, two } = await openTwice();
      for (let n = 0; n < 50; n++) {
        const delivery = aDelivery({ id: `d${n}`, builds: [`b${n}`] });
        const orders = [anOrder(aBuild({ id: `b${n}` }))];
        const answers = await Promise.all([one, two].map((store) => store.accept(delivery, orders)));
        expect(answers.map((answer) => answer.duplicate).sort()).toEqual([false, true]);
        expect(answers.map((answer) => answer.builds)).toEqual([[`b${n}`], [`b${n}`]]);
      }
    });

    it("save one record once", async () => {
      const { one, two } = await openTwice();
      let build = aBuild();
      await one.accept(aDelivery(), [anOrder(build)]);
      for (let n = 0; n < 50; n++) {
        const saves = [one, two].map((store, i) => store.save({ ...build, reason: `${n} ${i}` }, true));
        const [won, lost] = (await Promise.allSettled(saves)).sort((a) => (a.status === "fulfilled" ? -1 : 1));
        if (won?.status !== "fulfilled" || lost?.status !== "rejected") throw new Error("not one of them");
        expect(kindOf(lost.reason)).toBe("conflict");
        build = won.value;
      }
      expect(await two.build("b1")).toEqual(build);
    });

    it("a save waits for a delivery that shares its build, and owes its news to the new words too", async () => {
      const { url, one, two } = await openTwice();
      const mr = { repo: "rpms/hello", mr: 7 };
      const inTheWay = anOrder(aBuild({ id: "b2", sha: "b".repeat(40) }));
      await one.accept(aDelivery(), [anOrder(), inTheWay]);
      const other = await begin(url);
      await other.query("update status set tries = tries where build = 'b2'");
      const accepted = one.accept(aDelivery({ id: "d2" }), [anOrder(aBuild(), { mr, context: "new" }), inTheWay]);
      await postgres.untilWaiting(url);
      const saved = two.save(aBuild({ phase: "failed" }), true).then(() => "saved");
      expect(await Promise.race([saved, postgres.untilWaiting(url, 2)])).toBe("2 wait");
      await other.query("commit");
      await Promise.all([accepted, saved]);
      expect(await one.comment("github rpms/hello 7")).toMatchObject({ wanted: 2, builds: [{ phase: "failed" }] });
    });

    it("a withdrawal waits for another merge request that is about to want the same build", async () => {
      const { url, one } = await openTwice();
      const mr = { repo: "rpms/hello", mr: 7 };
      await one.accept(aDelivery(), [anOrder(aBuild(), { mr })]);
      const other = await begin(url);
      await other.query("update build set revision = revision where id = 'b1'");
      await other.query("insert into comment_build values ('github rpms/hello 8', 'b1', 1)");
      const ending = { phase: "superseded", reason: "newer" } as const;
      const withdrawn = one.accept(aDelivery({ id: "d2" }), [], { forge: "github", mr, keep: null, ending });
      await postgres.untilWaiting(url);
      await other.query("commit");
      await withdrawn;
      expect(await one.build("b1")).toMatchObject({ ending: null });
    });

    it("a transaction that Postgres ends for the sake of another one is run again", async () => {
      const { url, one } = await openTwice();
      const builds = ["x", "y"].map((id) => aBuild({ id }));
      const orders = builds.map((build) => anOrder(build));
      await one.accept(aDelivery(), orders);
      const other = await begin(url);
      // So that it is always ours that finds the circle, and is ended.
      await other.query("set local deadlock_timeout = '1min'");
      await other.query("update build set revision = revision where id = 'y'");
      const accepted = one.accept(aDelivery({ id: "d2" }), orders);
      await postgres.untilWaiting(url);
      await other.query("update build set revision = revision where id = 'x'");
      await other.query("commit");
      expect(await accepted).toMatchObject({ duplicate: false });
      expect(await one.delivery("d2")).not.toBeNull();
    });
  });

  describe("a server that goes away", () => {
    it("loses nothing that was acknowledged, and is used again when it is back", async () => {
      const { one, two } = await openTwice();
      const acknowledged: string[] = [];
      const failures: unknown[] = [];
      let stopped = false;
      const deliver = async (store: Store, name: string) => {
        for (let n = 0; !stopped; n++) {
          const id = `${name}${n}`;
          const build = aBuild({ id });
          await store.accept(aDelivery({ id, builds: [id] }), [anOrder(build)]).then(
            () => acknowledged.push(id),
            (error) => failures.push(error),
          );
        }
      };
      const delivering = [one, two].flatMap((store, i) =>
        ["a", "b", "c"].map((name) => deliver(store, `${name}${i}-`)),
      );
      await expect.poll(() => acknowledged.length).toBeGreaterThan(30);
      await postgres.stop();
      await expect.poll(() => failures.length).toBeGreaterThan(6);
      await expect(one.ready()).rejects.toSatisfy((error) => isKind(error, "transient"));
      const before = acknowledged.length;
      await postgres.start();
      await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 30);
      stopped = true;
      await Promise.all(delivering);
      expect(failures.map(kindOf).filter((kind) => kind !== "transient")).toEqual([]);
      for (const id of acknowledged) {
        expect(await two.delivery(id)).toMatchObject({ builds: [id] });
        expect(await two.build(id)).not.toBeNull();
      }
    });

    it("a session that is ended costs one call", async () => {
      const { url, one } = await openTwice();
      const end = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kojibridge'";
      await one.ready();
      await postgres.query(end, url);
      await one.ready().catch((error) => expect(kindOf(error)).toBe("transient"));
      await one.ready();
    });

    it("a session that is ended while nobody speaks harms nobody", async () => {
      const server = { url: await postgres.createDatabase(), password: postgres.password };
      const pool = createPool(server, { name: "test", connections: 1, statementMs: null });
      closers.push(pool.end);
      const client = await pool.connect();
      await postgres.query(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'test'",
      );
      await expect(client.query("select", [])).rejects.toMatchObject({ kind: "transient" });
      client.release();
    });

    it("a statement that takes too long is ended, and its connection stays", async () => {
      const server = { url: await postgres.createDatabase(), password: postgres.password };
      const pool = createPool(server, { name: "test", connections: 1, statementMs: 100 });
      const client = await pool.connect();
      closers.push(async () => {
        client.release();
        await pool.end();
      });
      await expect(client.query("select pg_sleep(60)", [])).rejects.toMatchObject({
        kind: "transient",
        code: "postgres.57014",
      });
      expect((await client.query("select 1::int8 as n, 'x'::bytea as b", [])).rows).toEqual([
        { n: 1, b: Buffer.from("x") },
      ]);
      // Only there: whoever else uses the driver gets what it always gives.
      expect(await postgres.query("select 1::int8 as n")).toEqual([{ n: "1" }]);
    });
  });

  describe("cannot be opened", () => {
    const refusal = async (change: (url: string) => string, password: string | null = postgres.password) => {
      const url = change(await postgres.createDatabase());
      const error: unknown = await open(url, password).then(
        (store) => store.close(),
        (refused) => refused,
      );
      const line = explain(error);
      expect(line).not.toMatch(/\n/);
      return [kindOf(error), line.replace(/127\.0\.0\.1:\d+/g, "HOST")] as const;
    };
    const same = (url: string) => url;

    it("with a wrong password, which is not repeated", async () => {
      expect(await refusal(same, "hunter2")).toEqual([
        "auth",
        expect.stringMatching(
          /^database postgres:\/\/kojibridge@HOST\/k\d+ refuses the password; see database\.password, or PGPASSWORD: password authentication failed for user "kojibridge"$/,
        ),
      ]);
    });

    it("without a password", async () => {
      expect(await refusal(same, null)).toEqual([
        "auth",
        expect.stringMatching(/ wants a password; see database\.password/),
      ]);
    });

    it("without such a database", async () => {
      expect(await refusal((url) => url.replace(/k\d+$/, "nowhere"))).toEqual([
        "invalid",
        'database postgres://kojibridge@HOST/nowhere does not exist; create it, with kojibridge\'s user as its owner: database "nowhere" does not exist',
      ]);
    });

    it("where nobody listens", async () => {
      expect(await refusal((url) => url.replace(/:\d+\//, ":1/"))).toEqual([
        "transient",
        expect.stringMatching(/^database postgres:\/\/kojibridge@HOST\/k\d+ cannot be reached: connect ECONNREFUSED/),
      ]);
    });

    it("where TLS is wanted and there is none", async () => {
      expect(await refusal((url) => `${url}?sslmode=require`)).toEqual([
        "transient",
        expect.stringMatching(/^[^?]* cannot be reached: The server does not support SSL connections$/),
      ]);
    });

    it("by a user who may not make tables in it", async () => {
      await postgres.query(`create role guest login password '${postgres.password}'`);
      expect(await refusal((url) => url.replace("kojibridge@", "guest@"))).toEqual([
        "invalid",
        expect.stringMatching(
          / allows too little; make kojibridge's user the owner of the database: permission denied/,
        ),
      ]);
    });
  });
});
