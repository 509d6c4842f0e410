import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { endAll, run } from "../support/cli.ts";
import { it } from "../support/service.ts";
import { shownStates, story } from "../support/stories.ts";
import { ENV, type TestWorlds, until } from "../support/worlds.ts";

afterAll(endAll);

const NO_TAGS = `
rules:
  - { name: push, repos: ["github:**"], on: push, build: { hub: koji, target: f42-candidate } }
`;
const TAGS_TOO = `${NO_TAGS}  - { name: tag, repos: ["github:**"], on: tag, build: { hub: koji, target: f42-candidate, scratch: false } }\n`;

/** The configuration as a file, with other rules. */
function configFile(worlds: TestWorlds, rules: string): string {
  const file = join(worlds.directory, "kojibridge.yaml");
  writeFileSync(file, worlds.yaml.slice(0, worlds.yaml.indexOf("\nrules:")) + rules);
  return file;
}

const replay = (id: string, config: string) => run(["replay", id, "--config", config]);

it.concurrent("replay: a tag no rule wanted is built when the rules have changed, by the bridge that runs", async ({
  openStage,
}) => {
  const told = story("github", "tag");
  const { worlds, deliver, api } = await openStage([told], { rules: NO_TAGS });
  expect(await deliver(told, "too early")).toMatchObject({ json: { builds: [], ignored: "no rule matches" } });
  const { code, stdout, stderr } = await replay("too early", configFile(worlds, TAGS_TOO));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const answer = JSON.parse(stdout);
  expect(answer).toEqual({
    delivery: expect.stringContaining("too early"),
    builds: [expect.any(String)],
    ignored: null,
  });
  await until(
    () => shownStates(worlds, told)["koji/f42-candidate"],
    (state) => state === "success",
  );
  expect(await api(`/api/deliveries/${encodeURIComponent(answer.delivery)}`)).toMatchObject({ builds: answer.builds });
});

it.concurrent("replay: what was built already is not built again", async ({ openStage }) => {
  const told = story("github", "push");
  const { worlds, deliver } = await openStage([told], { rules: NO_TAGS });
  const first = await deliver(told, "d");
  await until(
    () => Object.values(shownStates(worlds, told)).join(),
    (states) => states === "success",
  );
  const { code, stdout } = await replay("d", configFile(worlds, NO_TAGS));
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ builds: first?.json.builds, ignored: null });
  expect(worlds.hub.buildTasks()).toHaveLength(1);
});

it.concurrent("replay: an unknown delivery, and a database that is not there: one line, exit 1", async ({
  openStage,
  openWorlds,
}) => {
  const { worlds } = await openStage([], { rules: NO_TAGS });
  const unknown = await replay("nobody-sent-it", configFile(worlds, NO_TAGS));
  expect(unknown).toMatchObject({ code: 1, stdout: "" });
  expect(unknown.stderr).toMatch(/^kojibridge: there is no delivery nobody-sent-it in .*kojibridge\.db\n$/);

  const empty = await openWorlds([]);
  const missing = await replay("d", configFile(empty, NO_TAGS));
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/^kojibridge: there is no database .*\n$/) });
  expect(existsSync(join(empty.directory, "kojibridge.db"))).toBe(false);
});

it.concurrent("serve, when the port is taken: one line that says which, exit 1", async ({ openWorlds }) => {
  const worlds = await openWorlds([]);
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => {
      const address = other.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  const file = configFile(worlds, NO_TAGS);
  writeFileSync(file, worlds.yaml.replace("127.0.0.1:0,", `127.0.0.1:${port},`));
  const { code, stdout, stderr } = await run(["serve", "--config", file], { env: ENV });
  other.close();
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout.trim().split("\n")).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({
    msg: "cannot start",
    error: expect.stringMatching(new RegExp(`address already in use 127\\.0\\.0\\.1:${port}$`)),
  });
});

it.concurrent("demo: every step is shown, all is as expected, exit 0", async () => {
  const { code, stdout, stderr } = await run(["demo"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("All as expected.");
  for (const dialect of ["github", "gitlab", "forgejo"])
    for (const what of ["push", "tag", "merge request", "merge request of a fork"])
      expect(stdout).toMatch(new RegExp(`^> ${dialect}: ${what}.*: 202 \\{.*"duplicate":false[,}].*$`, "m"));
  expect(stdout).toMatch(/that fail on aarch64 .*\n(?: .*\n)*? +failed +koji\/.*aarch64 failed/);
});
