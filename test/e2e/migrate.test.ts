import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { COMMAND, endAll, run, type Started, start } from "../support/cli.ts";
import { describeWithParts } from "../support/parts.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { it } from "../support/service.ts";
import { shownStates, story } from "../support/stories.ts";
import { ENV, send, type TestWorlds, until } from "../support/worlds.ts";

const move = (from: string, to: string, password = "") =>
  run(["migrate", "--from", from, "--to", to], { env: { PGPASSWORD: password } });

describeWithParts("kojibridge migrate, as an operator runs it", ["postgres"], () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => {
    endAll();
    await postgres.remove();
  });

  function write(worlds: TestWorlds, database: string): string {
    const file = join(worlds.directory, "kojibridge.yaml");
    writeFileSync(file, `database: ${database}\n${worlds.yaml}`);
    return file;
  }
  async function serve(file: string): Promise<Started & { url: string }> {
    const started = start([COMMAND, "serve", "--config", file], { env: { ...ENV, DB: postgres.password } });
    const [, url = ""] = await started.prints(/"url":"(http:[^"]+)"/);
    return { ...started, url };
  }

  it("a living installation moves to Postgres by one command and one line", async ({ openWorlds }) => {
    const told = story("github", "push");
    const worlds = await openWorlds([told], { speed: 0 });
    const before = `sqlite:${join(worlds.directory, "kojibridge.db")}`;
    const after = await postgres.createDatabase();

    const first = await serve(write(worlds, before));
    await send(first.url, "github", { ...told, id: "d" });
    await first.prints(/waiting for a builder/);
    expect(await move(before, after, postgres.password)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/kojibridge\.db is in use; stop kojibridge first/),
    });
    first.process.kill("SIGTERM");
    await first.ended;

    const moved = await move(before, after, postgres.password);
    expect(moved).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^delivery: 1 of 1\n(?:.*\n)*build: 1 of 1\n/m),
    });
    expect(JSON.parse(moved.stdout)).toMatchObject({
      moved: true,
      rows: { delivery: 1, build: 1, status: 2, comment: 0, comment_build: 0 },
    });

    const file = write(worlds, `{ url: "${after}", password: { env: DB } }`);
    const second = await serve(file);
    worlds.hub.advance(60_000);
    await until(
      () => Object.values(shownStates(worlds, told)).join(),
      (states) => states === "success",
    );
    expect(worlds.hub.buildTasks()).toHaveLength(1);
    expect(await send(second.url, "github", { ...told, id: "d" })).toMatchObject({ json: { duplicate: true } });
    const replayed = await run(["replay", "d", "--config", file], { env: { DB: postgres.password } });
    expect(replayed).toMatchObject({ code: 0, stderr: "" });
    second.process.kill("SIGTERM");
    const { code, stdout } = await second.ended;
    expect(code).toBe(0);
    expect(stdout).not.toContain(postgres.password);
  });

  it("says in one line what is wrong, and never a password", async () => {
    const url = await postgres.createDatabase();
    const rows = [
      ["sqlite:no/such.db", url, 2, /^kojibridge: there is no database .*such\.db\n$/],
      [
        "postgres://kojibridge:hunter2@db/x",
        url,
        2,
        /^kojibridge: a password is never inline; put it into .*PGPASSWORD\n$/,
      ],
      [url, "mysql://hunter2@db/x", 2, /^kojibridge: write sqlite:PATH, such as .*\n$/],
      [url, "sqlite:/no/such/directory.db", 1, /^kojibridge: database .* refuses the password; .*\n$/],
    ] as const;
    for (const [from, to, code, words] of rows) {
      const ended = await move(from, to, "hunter2");
      expect(ended).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(words) });
      expect(ended.stderr).not.toContain("hunter2");
    }
  });

  it("serve, when Postgres does not answer: one line, exit 1", async ({ openWorlds }) => {
    const worlds = await openWorlds([]);
    const { code, stdout, stderr } = await run(
      ["serve", "--config", write(worlds, "postgres://kojibridge@127.0.0.1:1/kojibridge")],
      { env: ENV },
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: expect.stringMatching(/cannot be reached: connect ECONNREFUSED/),
    });
  });
});
