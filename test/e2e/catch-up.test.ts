import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { COMMAND, endAll, run, start } from "../support/cli.ts";
import { it } from "../support/service.ts";
import { shownStates, story } from "../support/stories.ts";
import { ENV, type TestWorlds, until } from "../support/worlds.ts";

afterAll(endAll);

const REPO = "rpms/hello";
const pushes = ["first", "second", "third", "fourth"].map((seed) => story("github", "push", { repo: REPO, seed }));
const [first, ...missed] = pushes;

async function serve(worlds: TestWorlds, port = 0) {
  const file = join(worlds.directory, "kojibridge.yaml");
  writeFileSync(file, worlds.yaml.replace("127.0.0.1:0", `127.0.0.1:${port}`));
  const started = start([COMMAND, "serve", "--config", file], { env: ENV });
  const [, url = ""] = await started.prints(/"url":"(http:[^"]+)"/);
  return { ...started, url, file };
}

/** A bridge that took one push and was away for three. */
async function absence(worlds: TestWorlds) {
  const bridge = await serve(worlds);
  worlds.forge.addHook(REPO, `${bridge.url}/webhooks/github`, ENV.GITHUB_SECRET);
  worlds.forge.addHook(REPO, "http://127.0.0.1:9/somebody-else", "x");
  await worlds.forge.happen(REPO, "push", first?.payload);
  await bridge.prints(/"msg":"submitted"/);
  bridge.process.kill("SIGTERM");
  await bridge.ended;
  for (const { payload } of missed) await worlds.forge.happen(REPO, "push", payload);
  return bridge;
}

async function allBuiltOnce(worlds: TestWorlds): Promise<void> {
  await until(
    () => pushes.flatMap((told) => Object.values(shownStates(worlds, told))).join(),
    (states) => (states.match(/success/g) ?? []).length >= pushes.length && !/pending|running/.test(states),
  );
  expect(worlds.hub.count("build")).toBe(pushes.length);
}

it.concurrent("what was missed is sent again at the next start, and built once", async ({ openWorlds }) => {
  const worlds = await openWorlds(pushes);
  worlds.forge.grant("github", REPO, "bot", "admin");
  const { url, file } = await absence(worlds);
  const again = await serve(worlds, Number(new URL(url).port));
  await again.prints(/"resent":3,.*caught up/);
  await allBuiltOnce(worlds);

  const { code, stdout } = await run(["catch-up", "--since", "1h", "--config", file], { env: ENV });
  expect({ code, ...JSON.parse(stdout) }).toEqual({ code: 0, resent: [], unknown: [] });
});

it.concurrent("--dry-run says what is missing; a token that may not see it is told", async ({ openWorlds }) => {
  const worlds = await openWorlds(pushes);
  const { file } = await absence(worlds);
  const command = ["catch-up", "--dry-run", "--config", file];
  const blind = await run(command, { env: ENV });
  expect(blind.stderr).toBe("");
  expect(blind.code).toBe(1);
  expect(JSON.parse(blind.stdout)).toMatchObject({ resent: [], unknown: [{ forge: "github", repo: REPO }] });

  worlds.forge.grant("github", REPO, "bot", "admin");
  const before = worlds.forge.requests.length;
  const { code, stdout } = await run(command, { env: ENV });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).resent).toHaveLength(3);
  expect(worlds.forge.requests.slice(before).filter(({ method }) => method !== "GET")).toEqual([]);
});
