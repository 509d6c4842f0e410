import { expect } from "vitest";
import { it } from "../support/service.ts";
import { changed, FORGES, type ForgeName, shownStates, story, summaryState, summaryTale } from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const ALL = 'repos: ["github:**", "work:**", "forgejo:**"]';
const TWO = `
rules:
  - { name: push, ${ALL}, on: push, build: { hub: koji, target: [f42-candidate, c9s-candidate] } }
`;
const OPTIONAL = `
rules:
  - { name: push, ${ALL}, on: push, build: { hub: koji, target: f42-candidate } }
  - { name: next, ${ALL}, on: push, build: { hub: koji, target: nowhere, optional: true } }
`;
const WORDY = `
rules:
  - { name: mr, ${ALL}, on: merge_request, report_skipped: true, build: { hub: koji, target: f42-candidate } }
`;

const FAILED = { github: "failure", forgejo: "failure", work: "failed" } as const;

it.concurrent.for(FORGES)("%s: one status sums up the builds of a commit", async (forge, { openStage }) => {
  const told = story(forge, "push");
  const { worlds, deliver } = await openStage([told], { rules: TWO });
  await deliver(told);
  await until(
    () => summaryState(worlds, told),
    (state) => state === "success",
  );
  const tale = summaryTale(worlds, told);
  expect(tale[0]).toBe("pending: 2 waiting");
  expect(tale.at(-1)).toBe("success: 2 built");
  expect(new Set(tale).size).toBe(tale.length);
  expect(worlds.forge.requests.filter(({ answer }) => answer.status >= 400)).toEqual([]);
});

it.concurrent.for(FORGES)(
  "%s: it is red as soon as one build has failed, and names it",
  async (forge, { openStage }) => {
    const told = story(forge, "push");
    const rules = TWO.replace("c9s-candidate", "nowhere");
    const { worlds, deliver } = await openStage([told], { rules });
    await deliver(told);
    await until(
      () => summaryTale(worlds, told).at(-1),
      (words) => words === `${FAILED[forge]}: failed: nowhere; 1 built`,
    );
  },
);

it.concurrent.for(FORGES)("%s: an optional build that fails leaves it green", async (forge, { openStage }) => {
  const told = story(forge, "push");
  const { worlds, deliver } = await openStage([told], { rules: OPTIONAL });
  await deliver(told);
  await until(
    () => summaryTale(worlds, told).at(-1),
    (words) => words === "success: 1 built; optional: failed: nowhere",
  );
  expect(summaryTale(worlds, told).filter((words) => /^fail/.test(words))).toEqual([]);
  expect(shownStates(worlds, told)["koji/nowhere/scratch"]).toBe(FAILED[forge]);
});

const draft = (forge: ForgeName, isDraft: boolean) =>
  changed(story(forge, "merge-request"), (payload) => {
    if (forge === "work") payload.object_attributes.draft = isDraft;
    else payload.pull_request.draft = isDraft;
    if (isDraft) return;
    if (forge === "github") payload.action = "ready_for_review";
    else if (forge === "forgejo") Object.assign(payload, { action: "edited", changes: { title: { from: "WIP: it" } } });
    else {
      payload.object_attributes.action = "update";
      payload.changes = { draft: { previous: true, current: false } };
    }
  });

it.concurrent.for(FORGES)(
  "%s: a draft is told that there is nothing to build, and goes on when it is ready",
  async (forge, { openStage }) => {
    const [told, ready] = [draft(forge, true), draft(forge, false)];
    const { worlds, deliver } = await openStage([told], { rules: WORDY });
    await deliver(told);
    await until(
      () => summaryTale(worlds, told).at(-1),
      (words) => words === "success: nothing to build: draft: built when it becomes ready",
    );
    expect((await deliver(ready))?.json.builds).toHaveLength(1);
    await until(
      () => summaryTale(worlds, told).at(-1),
      (words) => words === "success: 1 built",
    );
    expect(summaryTale(worlds, told)).toContain("pending: 1 waiting");
    expect(worlds.forge.requests.filter(({ answer }) => answer.status >= 400)).toEqual([]);
  },
);

it.concurrent("without report_skipped nobody hears of what is not built, and [skip koji] is heard with it", async ({
  openStage,
}) => {
  const skip = changed(story("github", "merge-request"), (payload) => {
    payload.pull_request.title = "docs [skip koji]";
  });
  const quiet = await openStage([skip], { rules: WORDY.replace("report_skipped: true,", "") });
  await quiet.deliver(skip);
  const { worlds, deliver } = await openStage([skip], { rules: WORDY });
  await deliver(skip);
  await until(
    () => summaryTale(worlds, skip),
    (tale) => tale.join() === "success: nothing to build: [skip koji] in the merge request",
  );
  expect(quiet.worlds.forge.requests.filter(({ method }) => method !== "GET")).toEqual([]);
});

it.concurrent("a build that cannot be made turns it red", async ({ openStage }) => {
  const told = changed(story("github", "push"), (payload) => {
    payload.ref = "refs/heads/a$b";
  });
  const rules = TWO.replace("c9s-candidate", '"{branch}"');
  const { worlds, deliver } = await openStage([told], { rules });
  await deliver(told);
  await until(
    () => summaryTale(worlds, told).at(-1),
    (words) => words === "failure: `a$b` cannot be the name of a Koji target",
  );
});

it.concurrent("it has the name the operator gives it, or is left out", async ({ openStage }) => {
  const told = story("github", "push");
  const named = await openStage([told], { rules: `${TWO}reports: { summary: all of koji }\n` });
  const none = await openStage([told], { rules: `${TWO}reports: { summary: false }\n` });
  for (const { deliver } of [named, none]) await deliver(told);
  const contexts = ["koji/c9s-candidate/scratch", "koji/f42-candidate/scratch"];
  for (const { worlds } of [named, none])
    await until(
      () => shownStates(worlds, told),
      (states) => contexts.every((context) => states[context] === "success"),
    );
  expect(Object.keys(shownStates(named.worlds, told))).toEqual(["all of koji", ...contexts]);
  expect(Object.keys(shownStates(none.worlds, told))).toEqual(contexts);
  expect(summaryState(none.worlds, told)).toBeUndefined();
});
