import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { COMMAND, endAll, type Started, start } from "../support/cli.ts";
import { it } from "../support/service.ts";
import { type Story, shownStates, story } from "../support/stories.ts";
import { ENV, send, type TestWorlds, until } from "../support/worlds.ts";

interface Serving extends Started {
  readonly url: string;
}

afterAll(endAll);

/** `kojibridge serve` as an operator starts it. */
async function serve(worlds: TestWorlds): Promise<Serving> {
  const file = join(worlds.directory, "kojibridge.yaml");
  writeFileSync(file, worlds.yaml);
  const started = start([COMMAND, "serve", "--config", file], { env: ENV });
  const [, url = ""] = await started.prints(/"url":"(http:[^"]+)"/);
  return { ...started, url };
}

async function succeeds(worlds: TestWorlds, told: Story): Promise<void> {
  await until(
    () => Object.values(shownStates(worlds, told)).join(),
    (states) => states === "success",
  );
  expect(worlds.hub.buildTasks()).toHaveLength(1);
}

it.concurrent.for(["SIGTERM", "SIGINT"] as const)(
  "%s while a build runs: exit 0, and the next start finishes it",
  async (signal, { openWorlds }) => {
    const told = story("github", "push");
    const worlds = await openWorlds([told], { speed: 0 });
    const first = await serve(worlds);
    await send(first.url, "github", { ...told, id: "d" });
    await first.prints(/waiting for a builder/);
    first.process.kill(signal);
    const { code, stdout, stderr } = await first.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trim().split("\n").at(-1)).toMatch(/"msg":"stopped"/);
    for (const secret of Object.values(ENV)) expect(stdout).not.toContain(secret);
    expect(await send(first.url, "github", { ...told, id: "late" })).toBeNull();

    worlds.hub.advance(60_000);
    await serve(worlds);
    await succeeds(worlds, told);
  },
);

it.concurrent("SIGTERM while the hub works on build(): the answer is waited for and kept", async ({ openWorlds }) => {
  const told = story("github", "push");
  const worlds = await openWorlds([told]);
  const first = await serve(worlds);
  const gate = worlds.hub.faults.hold("build");
  await send(first.url, "github", { ...told, id: "d" });
  await gate.reached;
  first.process.kill("SIGTERM");
  await first.prints(/"msg":"stopping"/);
  gate.release();
  const { code, stdout } = await first.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/"msg":"submitted"/);

  await serve(worlds);
  await succeeds(worlds, told);
  expect(worlds.hub.count("build")).toBe(1);
});

it.concurrent("a second signal ends it at once, with exit 1; the next start builds once", async ({ openWorlds }) => {
  const told = story("github", "push");
  const worlds = await openWorlds([told]);
  const first = await serve(worlds);
  const gate = worlds.hub.faults.hold("build");
  await send(first.url, "github", { ...told, id: "d" });
  await gate.reached;
  first.process.kill("SIGTERM");
  await first.prints(/"msg":"stopping"/);
  const begun = performance.now();
  first.process.kill("SIGTERM");
  expect((await first.ended).code).toBe(1);
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(worlds.hub.buildTasks()).toEqual([]);

  await serve(worlds);
  gate.release();
  await succeeds(worlds, told);
});
