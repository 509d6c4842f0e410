import { describe, expect } from "vitest";
import type { HubWorld } from "../../src/simulator/hub/index.ts";
import { it } from "../support/service.ts";
import { commentsOf, shownStatuses, story, tale } from "../support/stories.ts";
import { type TestWorlds, until } from "../support/worlds.ts";

const ONE_TARGET = `
rules:
  - { name: mr, repos: ["github:**"], on: merge_request, build: { hub: koji, target: f42-candidate, scratch: true } }
`;
/** Longer than a retry waits, and than a hub may be silent before people are told. */
const A_MINUTE = 61_000;

function endsWith(worlds: TestWorlds, told: Parameters<typeof tale>[1], words: RegExp) {
  return until(
    () => tale(worlds, told),
    (said) => words.test(said.at(-1) ?? ""),
  );
}

const OUTAGES: readonly [string, (hub: HubWorld) => unknown, (hub: HubWorld) => unknown][] = [
  ["is down", (hub) => hub.faults.down(), (hub) => hub.faults.up()],
  ["is in maintenance (ServerOffline, 1014)", (hub) => hub.faults.offline(), (hub) => hub.faults.online()],
  ["answers 502", (hub) => hub.faults.http502(undefined, 10_000), (hub) => hub.faults.clear()],
  ["breaks every connection", (hub) => hub.faults.dropBeforeExecute(undefined, 10_000), (hub) => hub.faults.clear()],
];

describe.concurrent.for(OUTAGES)("the hub %s", ([, breaks, heals]) => {
  it("before the build is submitted: pending says so, and the build goes on afterwards", async ({ openStage }) => {
    const told = story("github", "push");
    const { worlds, service, deliver } = await openStage([told]);
    await breaks(worlds.hub);
    expect(await deliver(told)).toMatchObject({ status: 202 });
    await endsWith(worlds, told, /^pending: waiting: hub unavailable$/);
    await heals(worlds.hub);
    service.skip(A_MINUTE);
    await endsWith(worlds, told, /^success: built/);
    expect(worlds.hub.buildTasks()).toHaveLength(1);
  });

  it("while the build runs: the status keeps its state, says so, and ends as the build did", async ({ openStage }) => {
    const told = story("github", "merge-request", { repo: "rpms/slow-package" });
    const { worlds, service, deliver } = await openStage([told], { speed: 0, rules: ONE_TARGET });
    const { hub } = worlds;
    await deliver(told);
    await endsWith(worlds, told, /waiting for a builder/);
    hub.advance(4_000);
    await endsWith(worlds, told, /x86_64 building/);
    await breaks(hub);
    await until(
      () => service.lines.filter(({ msg }) => msg.startsWith("cannot watch the hub")),
      (lines) => lines.length > 0,
    );
    expect(tale(worlds, told).join("\n")).not.toContain("unavailable");
    service.skip(A_MINUTE);
    await endsWith(worlds, told, /^pending: hub unavailable; aarch64 building, x86_64 building$/);
    expect(commentsOf(worlds, told)).toHaveLength(1);
    hub.advance(100_000);
    await heals(hub);
    await endsWith(worlds, told, /^success: built aarch64 ok 1m, x86_64 ok 1m/);
    expect(hub.buildTasks()).toHaveLength(1);
    expect(service.lines.map(({ msg }) => msg)).toContain("hub answers again");
  });
});

describe.concurrent("the hub", () => {
  it("hides behind a login page: pending says that the operator has to act, the build goes on afterwards", async ({
    openStage,
  }) => {
    const told = story("work", "push");
    const { worlds, service, deliver } = await openStage([told]);
    worlds.hub.faults.htmlAnswer(undefined, 10_000);
    await deliver(told);
    await endsWith(worlds, told, /^pending: /);
    const [line] = await until(
      () => service.lines.filter(({ msg }) => msg === "hub cannot be used as configured"),
      (lines) => lines.length > 0,
    );
    expect(line?.error).toMatch(/a web page came instead of XML-RPC/);
    worlds.hub.faults.clear();
    service.skip(A_MINUTE);
    await endsWith(worlds, told, /^success: built/);
  });

  it("refuses our login: pending says that the operator has to act, the build goes on when it is repaired", async ({
    openStage,
  }) => {
    const told = story("github", "push");
    const { worlds, service, deliver } = await openStage([told]);
    worlds.hub.blockUser("kojibridge");
    await deliver(told);
    await endsWith(
      worlds,
      told,
      /^pending: waiting: the hub refuses the login of kojibridge; its operator has to act$/,
    );
    worlds.hub.blockUser("kojibridge", false);
    service.skip(A_MINUTE);
    await endsWith(worlds, told, /^success: built/);
  });

  it("forgets our session while builds run: they end, and the next one is built", async ({ openStage }) => {
    const [first, second] = [story("github", "push"), story("github", "push", { seed: "next" })];
    const { worlds, deliver } = await openStage([first, second]);
    await deliver(first);
    await endsWith(worlds, first, /^success/);
    for (const { id } of worlds.hub.sessions()) worlds.hub.expireSession(id);
    await deliver(second);
    await endsWith(worlds, second, /^success/);
    expect(worlds.hub.buildTasks()).toHaveLength(2);
  });

  it("is down for hours while thirty builds wait: it is asked rarely, and builds each once", async ({ openStage }) => {
    const stories = Array.from({ length: 30 }, (_, i) => story("github", "push", { seed: `waits ${i}` }));
    const { worlds, service, deliver } = await openStage(stories);
    const shown = () => stories.flatMap((told) => shownStatuses(worlds, told));
    worlds.hub.faults.http502(undefined, 100_000);
    await Promise.all(stories.map((told) => deliver(told)));
    await until(shown, (seen) => seen.filter(({ description }) => /unavailable/.test(description ?? "")).length === 30);
    expect(worlds.hub.count()).toBeLessThan(20);
    worlds.hub.faults.clear();
    service.skip(A_MINUTE);
    await until(shown, (seen) => seen.filter(({ state }) => state === "success").length === 30);
    expect(worlds.hub.buildTasks()).toHaveLength(30);
  });
});
