import { expect } from "vitest";
import { it } from "../support/service.ts";
import { changed, commentsOf, FORGES, shownStates, story, tale } from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const F42 = "koji/f42-candidate/scratch";
const C9S = "koji/c9s-candidate/scratch";

it.concurrent.for(FORGES)(
  "%s sends one delivery ten times at once: one build, and ten answers that say so",
  async (forge, { openStage }) => {
    const told = story(forge, "push");
    const { worlds, deliver } = await openStage([told]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(told, "the same")));
    expect(answers.map((answer) => answer?.status)).toEqual(Array(10).fill(202));
    expect(answers.filter((answer) => answer?.json.duplicate === false)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer?.json.builds.join())).size).toBe(1);
    await until(
      () => shownStates(worlds, told)[F42],
      (state) => state === "success",
    );
    expect(await deliver(told, "the same")).toMatchObject({ status: 202, json: { duplicate: true } });
    expect(worlds.hub.buildTasks()).toHaveLength(1);
  },
);

it.concurrent.for(FORGES)(
  "%s tells the same push again under another delivery id: the build is shared, no word is repeated",
  async (forge, { openStage }) => {
    const told = story(forge, "push");
    const next = story(forge, "push", { seed: "next" });
    const { worlds, deliver } = await openStage([told, next]);
    const first = await deliver(told, "first");
    await until(
      () => shownStates(worlds, told)[F42],
      (state) => state === "success",
    );
    const said = tale(worlds, told);
    const again = await deliver(told, "second");
    expect(again?.json).toMatchObject({ duplicate: false, ignored: null, builds: first?.json.builds });
    await deliver(next);
    await until(
      () => shownStates(worlds, next)[F42],
      (state) => state === "success",
    );
    expect(tale(worlds, told)).toEqual(said);
    expect(worlds.hub.buildTasks()).toHaveLength(2);
  },
);

it.concurrent.for(FORGES)(
  "%s tells a push and the merge request of its commit: they share the build they both want",
  async (forge, { openStage }) => {
    const push = story(forge, "push", { seed: "same" });
    const mr = story(forge, "merge-request", { seed: "same" });
    const { worlds, deliver } = await openStage([push, mr]);
    const [first, second] = [await deliver(push), await deliver(mr)];
    expect(second?.json.builds).toHaveLength(2);
    expect(second?.json.builds).toEqual(expect.arrayContaining(first?.json.builds ?? []));
    await until(
      () => commentsOf(worlds, mr)[0] ?? "",
      (body) => body.match(/✅/gu)?.length === 2,
    );
    await until(
      () => shownStates(worlds, mr),
      (states) => states[F42] === "success" && states[C9S] === "success",
    );
    expect(worlds.hub.buildTasks()).toHaveLength(2);
  },
);

it.concurrent.for(FORGES)(
  "%s has two merge requests of one commit: one build, and both get their comment",
  async (forge, { openStage }) => {
    const one = story(forge, "merge-request");
    const other = {
      ...changed(one, (payload) => {
        if (forge === "work") payload.object_attributes.iid = one.mr + 1;
        else payload.pull_request.number = one.mr + 1;
      }),
      mr: one.mr + 1,
    };
    const { worlds, deliver } = await openStage([one, other]);
    await Promise.all([deliver(one), deliver(other)]);
    for (const told of [one, other])
      await until(
        () => commentsOf(worlds, told)[0] ?? "",
        (body) => body.match(/✅/gu)?.length === 2,
      );
    await until(
      () => shownStates(worlds, one),
      (states) => states[F42] === "success" && states[C9S] === "success",
    );
    expect(worlds.hub.buildTasks()).toHaveLength(2);
  },
);

it.concurrent("deliveries of different forges with the same id are different", async ({ openStage }) => {
  const stories = FORGES.map((forge) => story(forge, "push"));
  const { worlds, deliver } = await openStage(stories);
  for (const told of stories) expect(await deliver(told, "id")).toMatchObject({ json: { duplicate: false } });
  for (const told of stories)
    await until(
      () => shownStates(worlds, told)[F42],
      (state) => state === "success",
    );
  expect(worlds.hub.buildTasks()).toHaveLength(FORGES.length);
});
