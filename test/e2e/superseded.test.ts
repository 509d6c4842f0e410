import { expect } from "vitest";
import type { HubWorld } from "../../src/simulator/hub/index.ts";
import { it } from "../support/service.ts";
import { changed, commentsOf, FORGES, type ForgeName, type Story, shownStates, story } from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const F42 = "koji/f42-candidate/scratch";
const HANGS = { outcome: () => ({ result: "hang" }) as const };
const CANCELED = { github: "error", work: "canceled", forgejo: "error" } as const;

function closed(told: Story): Story {
  return changed(told, (payload) => {
    if (told.forge === "work") payload.object_attributes.action = "close";
    else payload.action = "closed";
  });
}

const push = (forge: ForgeName, seed: string) => story(forge, "merge-request", { seed });
const taskStates = (hub: HubWorld) => hub.buildTasks().map((task) => task.state);
const OPEN = "OPEN";
const CLOSED = "CLOSED";
const KOJI_CANCELED = "CANCELED";

it.concurrent.for(FORGES)(
  "%s: a new push to a merge request cancels the builds of the older one, and says so",
  async (forge, { openStage }) => {
    const [older, newer] = [push(forge, "older"), push(forge, "newer")];
    const { worlds, deliver } = await openStage([older, newer], HANGS);
    await deliver(older);
    await until(
      () => taskStates(worlds.hub),
      (states) => states.join() === `${OPEN},${OPEN}`,
    );
    await deliver(newer);
    await until(
      () => shownStates(worlds, older)[F42],
      (state) => state === CANCELED[forge],
    );
    await until(
      () => taskStates(worlds.hub),
      (states) => states.join() === [KOJI_CANCELED, KOJI_CANCELED, OPEN, OPEN].join(),
    );
    const comment = await until(
      () => commentsOf(worlds, newer)[0] ?? "",
      (body) => body.includes(newer.sha.slice(0, 12)),
    );
    expect(comment).toContain("Earlier commits (1)");
  },
);

it.concurrent.for(FORGES)("%s: closing a merge request cancels what it started", async (forge, { openStage }) => {
  const told = push(forge, "closed");
  const { worlds, deliver, api } = await openStage([told], HANGS);
  const answer = await deliver(told);
  await until(
    () => taskStates(worlds.hub),
    (states) => states.join() === `${OPEN},${OPEN}`,
  );
  await deliver(closed(told));
  await until(
    () => taskStates(worlds.hub),
    (states) => states.join() === `${KOJI_CANCELED},${KOJI_CANCELED}`,
  );
  await until(
    () => shownStates(worlds, told)[F42],
    (state) => state === CANCELED[forge],
  );
  expect(await api(`/api/builds/${answer?.json.builds[0]}`)).toMatchObject({
    phase: "canceled",
    reason: "merge request closed",
  });
});

it.concurrent.for(FORGES)(
  "%s: what a push wants too goes on when the merge request is closed",
  async (forge, { openStage }) => {
    const mr = push(forge, "same");
    const pushed = story(forge, "push", { seed: "same" });
    const { worlds, deliver } = await openStage([mr, pushed], {
      outcome: ({ target }) => ({ result: target === "c9s-candidate" ? "hang" : "success" }),
    });
    await deliver(mr);
    await deliver(pushed);
    await until(
      () => worlds.hub.buildTasks().length,
      (tasks) => tasks === 2,
    );
    await deliver(closed(mr));
    await until(
      () => shownStates(worlds, mr)[F42],
      (state) => state === "success",
    );
    await until(
      () => taskStates(worlds.hub),
      (states) => states.includes(KOJI_CANCELED) && states.includes(CLOSED),
    );
    expect(worlds.hub.buildTasks()).toHaveLength(2);
  },
);

it.concurrent("a force push back to the older commit builds it again, with a task of its own", async ({
  openStage,
}) => {
  const [older, newer] = [push("github", "older"), push("github", "newer")];
  let calm = false;
  const { worlds, deliver } = await openStage([older, newer], {
    outcome: () => (calm ? { result: "success" } : { result: "hang" }),
  });
  await deliver(older);
  await until(
    () => taskStates(worlds.hub),
    (states) => states.join() === `${OPEN},${OPEN}`,
  );
  await deliver(newer);
  await until(
    () => shownStates(worlds, older)[F42],
    (state) => state === "error",
  );
  calm = true;
  await deliver(older, "back again");
  await until(
    () => shownStates(worlds, older)[F42],
    (state) => state === "success",
  );
  expect(worlds.hub.buildTasks()).toHaveLength(6);
});

it.concurrent("a push that comes back while the cancel is under way is not lost", async ({ openStage }) => {
  const [older, newer] = [push("github", "older"), push("github", "newer")];
  const { worlds, deliver } = await openStage([older, newer], { speed: 30 });
  const gate = worlds.hub.faults.hold("build");
  await deliver(older);
  await gate.reached;
  await deliver(newer);
  await deliver(older, "back again");
  gate.release();
  await until(
    () => shownStates(worlds, older)[F42],
    (state) => state === "success",
  );
  await until(
    () => shownStates(worlds, older)["koji/c9s-candidate/scratch"],
    (state) => state === "success",
  );
});

it.concurrent("a hub that is down while a push supersedes: the old task is canceled when it is back", async ({
  openStage,
}) => {
  const [older, newer] = [push("github", "older"), push("github", "newer")];
  const { worlds, service, deliver } = await openStage([older, newer], HANGS);
  await deliver(older);
  await until(
    () => taskStates(worlds.hub),
    (states) => states.join() === `${OPEN},${OPEN}`,
  );
  await worlds.hub.faults.down();
  await deliver(newer);
  await until(
    () => service.lines.map((line) => line.msg),
    (seen) => seen.includes("cannot cancel, will try again"),
  );
  await worlds.hub.faults.up();
  await until(
    () => {
      service.skip(10_000);
      return taskStates(worlds.hub);
    },
    (states) => states.filter((state) => state === KOJI_CANCELED).length === 2,
  );
});
