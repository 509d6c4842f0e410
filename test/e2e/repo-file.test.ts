import { expect } from "vitest";
import { it, type Stage } from "../support/service.ts";
import { dialectOf, FORGES, type Story, shownStates, story, summaryTale } from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const ALL = 'repos: ["github:**", "work:**", "forgejo:**"]';
const RULES = `
repo_file: { allow: true, targets: "c9s-*" }
rules:
  - { name: push, ${ALL}, on: push, build: { hub: koji, target: f42-candidate } }
  - { name: mr, ${ALL}, on: merge_request, build: { hub: koji, target: f42-candidate } }
  - { name: tag, ${ALL}, on: tag, build: { hub: koji, target: f42-candidate, scratch: false } }
`;
const FAILED = { github: "failure", forgejo: "failure", work: "failed" } as const;

/** The commit of the story, or another one, has that file. */
function write({ worlds }: Stage, told: Story, text: string, at: { sha?: string; branch?: string } = {}): void {
  const files = { ".kojibridge.yaml": text };
  worlds.forge.commit(dialectOf(told.forge), told.repo, { sha: told.sha, ...at, files });
}

const ended = (states: Record<string, string>) => !/pending|running/.test(Object.values(states).join() || "pending");

it.concurrent.for(FORGES)(
  "%s: the file of the pushed commit chooses among what is allowed",
  async (forge, { openStage }) => {
    const told = story(forge, "push");
    const stage = await openStage([told], { rules: RULES });
    write(stage, told, "targets: c9s-candidate\narches: [aarch64]\n");
    await stage.deliver(told, "d");
    const states = await until(() => shownStates(stage.worlds, told), ended);
    expect(states).toEqual({ "koji/c9s-candidate/scratch": "success" });
    expect(stage.worlds.hub.buildTasks()[0]?.request).toMatchObject([
      expect.anything(),
      "c9s-candidate",
      { arch_override: "aarch64" },
    ]);
    expect(await stage.api("/api/deliveries/d")).toMatchObject({
      trace: [{ rule: "push", note: `with .kojibridge.yaml at ${told.sha.slice(0, 12)}` }, {}, {}],
    });
  },
);

it.concurrent.for(FORGES)(
  "%s: a mistake in it is shown with line and column, and nothing is built",
  async (forge, { openStage }) => {
    const told = story(forge, "push");
    const stage = await openStage([told], { rules: RULES });
    write(stage, told, "# ours\ntargets: c9s-candidate\n  arches: x\n");
    await stage.deliver(told, "d");
    const said = await until(
      () => summaryTale(stage.worlds, told),
      (tale) => tale.length > 0,
    );
    expect(said).toEqual([expect.stringMatching(new RegExp(`^${FAILED[forge]}: \\.kojibridge\\.yaml:[23]:\\d+: `))]);
    expect(stage.worlds.hub.count("build")).toBe(0);
    expect(await stage.api("/api/deliveries/d")).toMatchObject({
      builds: [],
      ignored: expect.stringMatching(/^\.kojibridge\.yaml:/),
    });
  },
);

it.concurrent("a target that the operator does not allow is such a mistake, whatever the summary is called", async ({
  openStage,
}) => {
  const told = story("github", "push");
  const stage = await openStage([told], { rules: `${RULES}reports: { summary: false }\n` });
  write(stage, told, "targets:\n  - f42-candidate\n  - f99\n");
  await stage.deliver(told);
  await until(
    () => summaryTale(stage.worlds, told).at(-1),
    (words) =>
      words === "failure: .kojibridge.yaml:3:5: target `f99` is not allowed here; allowed: f42-candidate, c9s-*",
  );
});

it.concurrent.for(FORGES)(
  "%s: a fork brings a file of its own in vain: the target branch's counts",
  async (forge, { openStage }) => {
    const told = story(forge, "fork");
    const stage = await openStage([told], { rules: RULES });
    write(stage, told, "targets: c9s-candidate\n");
    for (const branch of ["main", "master"]) write(stage, told, "arches: [x86_64]\n", { sha: "d".repeat(40), branch });
    await stage.deliver(told);
    const states = await until(() => shownStates(stage.worlds, told), ended);
    expect(states).toEqual({ "koji/f42-candidate/scratch": "success" });
    expect(stage.worlds.hub.buildTasks()[0]?.request[2]).toMatchObject({ arch_override: "x86_64" });
  },
);

it.concurrent("it has no say in a real build", async ({ openStage }) => {
  const told = story("github", "tag");
  const stage = await openStage([told], { rules: RULES });
  write(stage, told, "targets: c9s-candidate\n");
  await stage.deliver(told);
  const states = await until(() => shownStates(stage.worlds, told), ended);
  expect(states).toEqual({ "koji/f42-candidate": "success" });
});

it.concurrent("without the operator's leave it is not asked for, and without the file the rules alone count", async ({
  openStage,
}) => {
  const told = story("github", "push");
  const closed = await openStage([told], { rules: RULES.replace("allow: true", "allow: false") });
  write(closed, told, "nonsense");
  await closed.deliver(told);
  const none = await openStage([told], { rules: RULES });
  await none.deliver(told, "d");
  for (const { worlds } of [closed, none])
    expect(await until(() => shownStates(worlds, told), ended)).toEqual({ "koji/f42-candidate/scratch": "success" });
  expect(closed.worlds.forge.requests.filter(({ path }) => /contents/.test(path))).toEqual([]);
  expect(await none.api("/api/deliveries/d")).toMatchObject({
    trace: [{ note: `there is no .kojibridge.yaml at ${told.sha.slice(0, 12)}` }, {}, {}],
  });
});

it.concurrent("a forge that is down keeps the delivery waiting, not lost", async ({ openStage }) => {
  const told = story("github", "push");
  const stage = await openStage([told], { rules: RULES });
  write(stage, told, "targets: c9s-candidate\n");
  stage.worlds.forge.fail({ on: /contents/, fault: { kind: "answer", status: 502 }, times: 2 });
  expect(await stage.deliver(told)).toMatchObject({ json: { builds: [], ignored: null } });
  const states = await until(() => shownStates(stage.worlds, told), ended);
  expect(states).toEqual({ "koji/c9s-candidate/scratch": "success" });
});
