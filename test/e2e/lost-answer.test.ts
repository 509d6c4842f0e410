import { afterAll, expect } from "vitest";
import type { HubWorld } from "../../src/simulator/hub/index.ts";
import { killBridgeProcesses, startBridgeProcess } from "../support/bridge-process.ts";
import { it } from "../support/service.ts";
import { type Story, shownStatuses, story } from "../support/stories.ts";
import { send, type TestWorlds, until } from "../support/worlds.ts";

afterAll(killBridgeProcesses);

/** All are built once, whatever happened on the way. */
async function eachBuiltOnce(worlds: TestWorlds, stories: readonly Story[]): Promise<void> {
  const { hub } = worlds;
  const states = () => stories.map((told) => shownStatuses(worlds, told)[0]?.state);
  await until(states, (seen) => seen.every((state) => state === "success"));
  const sources = hub.buildTasks().map(({ request }) => request[0]);
  const wanted = stories.map(({ repo, sha }) => `git+https://github.com/${repo}.git#${sha}`);
  expect(sources.toSorted()).toEqual(wanted.toSorted());
}

const pushes = (count: number) =>
  Array.from({ length: count }, (_, i) => story("github", "push", { seed: `push ${i}` }));

const LOSSES: readonly [string, (hub: HubWorld) => unknown][] = [
  ["is lost after the hub has made the task", ({ faults }) => faults.dropAnswerAfterCommit("build")],
  ["breaks off in the middle", ({ faults }) => faults.truncateAnswer("build")],
  [
    "never comes, because the connection broke before the hub saw the call",
    ({ faults }) => faults.dropBeforeExecute("build"),
  ],
  ["is a proxy's 502", ({ faults }) => faults.http502("build")],
  ["is a page of HTML", ({ faults }) => faults.htmlAnswer("build")],
];

it.concurrent.for(LOSSES)(
  "five builds at once, and the first answer %s: five tasks",
  async ([, lose], { openStage }) => {
    const stories = pushes(5);
    const { worlds, deliver } = await openStage(stories);
    lose(worlds.hub);
    await Promise.all(stories.map((told) => deliver(told)));
    await eachBuiltOnce(worlds, stories);
  },
);

it.concurrent("every second answer of twenty builds is lost: twenty tasks", async ({ openStage }) => {
  const stories = pushes(20);
  const { worlds, deliver } = await openStage(stories);
  for (let i = 0; i < 5; i++) {
    worlds.hub.faults.dropAnswerAfterCommit("build");
    worlds.hub.faults.dropBeforeExecute("build");
  }
  await Promise.all(stories.map((told) => deliver(told)));
  await eachBuiltOnce(worlds, stories);
});

it.concurrent("the answer is lost and the hub goes down at once: the task is adopted when it is back", async ({
  openStage,
}) => {
  const [told] = pushes(1) as [Story];
  const { worlds, service, deliver } = await openStage([told]);
  worlds.hub.faults.dropAnswerAfterCommit("build");
  worlds.hub.faults.http502("logout");
  await deliver(told);
  await until(
    () => worlds.hub.count("logout"),
    (count) => count > 0,
  );
  await worlds.hub.faults.down();
  await worlds.hub.faults.up();
  service.skip(61_000);
  await eachBuiltOnce(worlds, [told]);
  expect(service.lines.filter(({ msg }) => msg === "adopted")).toMatchObject([
    { task: worlds.hub.buildTasks()[0]?.id },
  ]);
});

it.concurrent("killed while the hub still works on its call: the next one waits for that, and adopts the task", async ({
  openWorlds,
}) => {
  const stories = pushes(1);
  const worlds = await openWorlds(stories);
  const first = await startBridgeProcess(worlds);
  const gate = worlds.hub.faults.hold("build");
  for (const told of stories) await send(first.url, "github", { ...told, id: "before the end" });
  await gate.reached;
  await first.kill();
  await startBridgeProcess(worlds);
  await until(
    () => worlds.hub.count("logout"),
    (count) => count > 0,
  );
  expect(worlds.hub.buildTasks()).toEqual([]);
  expect(worlds.hub.count("build")).toBe(1);
  gate.release();
  await eachBuiltOnce(worlds, stories);
  expect(worlds.hub.count("build")).toBe(1);
});

it.concurrent("the hub takes its time to commit, and then the answer is lost: nothing is built twice", async ({
  openStage,
}) => {
  const stories = pushes(3);
  const { worlds, deliver } = await openStage(stories);
  worlds.hub.faults.delayCommit("build", 300);
  worlds.hub.faults.dropAnswerAfterCommit("build");
  await Promise.all(stories.map((told) => deliver(told)));
  await eachBuiltOnce(worlds, stories);
});
