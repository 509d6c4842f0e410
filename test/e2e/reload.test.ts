import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { COMMAND, endAll, type Started, start } from "../support/cli.ts";
import { it } from "../support/service.ts";
import { shownStates, story } from "../support/stories.ts";
import { ENV, send, type TestWorlds, until } from "../support/worlds.ts";

afterAll(endAll);

interface Serving extends Started {
  readonly url: string;
  /** Replaces the file as editors do: by another one of its name. */
  write(yaml: string): void;
}

async function serve(worlds: TestWorlds, yaml = worlds.yaml): Promise<Serving> {
  const file = join(worlds.directory, "kojibridge.yaml");
  const write = (text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  write(yaml);
  const started = start([COMMAND, "serve", "--config", file], { env: ENV });
  const [, url = ""] = await started.prints(/"url":"(http:[^"]+)"/);
  return { ...started, url, write };
}

it.concurrent("rules, hubs and secrets change while a build runs", async ({ openWorlds }) => {
  const [early, late] = [story("github", "push", { seed: "early" }), story("github", "push", { seed: "late" })];
  const worlds = await openWorlds([early, late], { speed: 0 });
  const secret = join(worlds.directory, "secret");
  writeFileSync(secret, ENV.GITHUB_SECRET);
  const yaml = worlds.yaml.replace("webhook_secret: { env: GITHUB_SECRET }", "webhook_secret: { file: secret }");
  const served = await serve(worlds, yaml);
  await send(served.url, "github", { ...early, id: "early" });
  await until(
    () => worlds.hub.buildTasks(),
    (tasks) => tasks.length === 1,
  );

  served.write(
    yaml.replace("name: push,", "name: other,").replaceAll("f42-candidate, scratch", "c9s-candidate, scratch"),
  );
  served.process.kill("SIGHUP");
  await served.prints(/"reason":"SIGHUP".*configuration taken up/);
  await send(served.url, "github", { ...late, id: "late" });
  const contexts = await until(
    () => [Object.keys(shownStates(worlds, early)), Object.keys(shownStates(worlds, late))].map((all) => all.join()),
    ([, after = ""]) => after.includes("c9s"),
  );
  expect(contexts[0]).toContain("f42");
  expect(contexts[0]).not.toContain("c9s");

  writeFileSync(secret, "another-secret-altogether");
  await served.prints(/"reason":"a file changed".*configuration taken up/);
  expect((await send(served.url, "github", { ...late, id: "old-secret" }))?.status).toBe(401);

  worlds.hub.advance(120_000);
  await until(
    () => Object.values(shownStates(worlds, early)).join(),
    (states) => /^success(?:,success)*$/.test(states),
  );
  expect(worlds.hub.count("build")).toBe(2);
  served.process.kill("SIGTERM");
  const { code, stdout } = await served.ended;
  expect(code).toBe(0);
  expect(stdout).not.toContain("another-secret-altogether");
});

it.concurrent("what is wrong is refused, with its place, and the old one stays", async ({ openWorlds }) => {
  const told = story("github", "push");
  const worlds = await openWorlds([told]);
  const served = await serve(worlds);
  served.write(worlds.yaml.replace("on: push", "on: psh"));
  await served.prints(/kojibridge\.yaml:\d+:\d+: rules\[0\]\.on: .*did you mean `push`/);
  await served.prints(/the configuration stays as it was/);
  expect((await send(served.url, "github", { ...told, id: "d" }))?.json.builds).toHaveLength(1);

  served.write(worlds.yaml.replace("listen: 127.0.0.1:0", "listen: 127.0.0.1:1"));
  await served.prints(/"key":"server.listen".*restart/);
  await served.prints(/configuration taken up/);
  expect((await fetch(`${served.url}/livez`)).status).toBe(200);
});
