import { describe, expect } from "vitest";
import { DEFAULT_CONTENT, type HubWorld } from "../../src/simulator/hub/index.ts";
import { createCaller } from "../support/hub-caller.ts";
import { it, type Stage } from "../support/service.ts";
import { changed, FORGES, type Story, shownStates, story, tale } from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const F42 = "koji/f42-candidate/scratch";

/** Rules with macros on merge requests; `build` is what the one rule says besides hub and target. */
const rules = (build: string, target = "f42-candidate", more = "") => `
rules:
  - { name: mr, repos: ["github:**", "work:**", "forgejo:**"], on: merge_request, build: { hub: koji, target: ${target}, ${build} } }
${more}`;
const AN8 = rules("macros: { dist: .an8 }");

const sideTags = (hub: HubWorld) => hub.tags().filter(({ extra }) => extra.get("sidetag") === true);
const targets = (hub: HubWorld) => hub.buildTasks().map(({ request }) => request[1]);
/** Names of all packages that were built. */
const packages = (hub: HubWorld) =>
  hub.tasks().flatMap(({ output }) => output.map(({ name }) => name).filter((name) => name.endsWith(".rpm")));

function closed(told: Story): Story {
  return changed(told, (payload) => {
    if (told.forge === "work") payload.object_attributes.action = "close";
    else payload.action = "closed";
  });
}

const succeeds = ({ worlds }: Pick<Stage, "worlds">, told: Story) =>
  until(
    () => shownStates(worlds, told)[F42],
    (state) => state === "success",
  );
const isGone = ({ worlds }: Stage) =>
  until(
    () => sideTags(worlds.hub).map(({ name }) => name),
    (names) => names.length === 0,
  );

describe("side tags", () => {
  it.concurrent.for(FORGES)(
    "%s: the packages of a merge request carry its macros; closing it leaves nothing",
    async (forge, { openStage }) => {
      const told = story(forge, "merge-request");
      const stage = await openStage([told], { rules: AN8 });
      const { worlds, deliver } = stage;
      await deliver(told);
      await succeeds(stage, told);
      const [tag] = sideTags(worlds.hub);
      expect(tag?.extra.get("rpm.macro.dist")).toBe(".an8");
      expect(targets(worlds.hub)).toEqual([tag?.name]);
      expect(worlds.hub.buildTasks()[0]?.request[2]).toMatchObject({ scratch: true, wait_repo: true });
      const built = packages(worlds.hub);
      expect(built.length).toBeGreaterThan(2);
      for (const name of built) expect(name).toMatch(/\.an8\.(?:src|x86_64|aarch64)\.rpm$/);
      expect(Object.keys(shownStates(worlds, told))).toEqual([F42]);
      await deliver(closed(told));
      await isGone(stage);
      expect(worlds.hub.buildTasks()).toHaveLength(1);
    },
  );

  it.concurrent("pushes to one merge request and two rules share a side tag, other macros and other merge requests do not", async ({
    openStage,
  }) => {
    const [first, second] = [
      story("github", "merge-request", { seed: "a" }),
      story("github", "merge-request", { seed: "b" }),
    ];
    const other = changed(story("github", "merge-request", { seed: "c" }), (payload) => {
      payload.number = payload.pull_request.number = 99;
    });
    const more = `  - { name: two, repos: ["github:**"], on: merge_request, build: { hub: koji, target: f42-candidate, context: two, macros: { dist: .an8 }, arches: [x86_64] } }
  - { name: three, repos: ["github:**"], on: merge_request, build: { hub: koji, target: f42-candidate, context: three, macros: { dist: .x } } }`;
    const { worlds, deliver } = await openStage([first, second, other], {
      rules: rules("macros: { dist: .an8 }", "f42-candidate", more),
    });
    for (const told of [first, second, other]) await deliver(told);
    await until(
      () => new Set(targets(worlds.hub)),
      (names) => names.size === 4 && targets(worlds.hub).length >= 6,
    );
    expect(
      sideTags(worlds.hub)
        .map(({ extra }) => extra.get("rpm.macro.dist"))
        .sort(),
    ).toEqual([".an8", ".an8", ".x", ".x"]);
  });

  it.concurrent("while it is made, the status says what the build waits for", async ({ openStage }) => {
    const told = story("github", "merge-request");
    const { worlds, deliver } = await openStage([told], { rules: AN8 });
    const gate = worlds.hub.faults.hold("createSideTag");
    await deliver(told);
    await gate.reached;
    await until(
      () => tale(worlds, told).at(-1),
      (said) => said === "pending: waiting: preparing a side tag",
    );
    gate.release();
    await succeeds({ worlds }, told);
  });

  it.concurrent("one that was removed under us is made again, and the build tried once more", async ({ openStage }) => {
    const [first, second] = [
      story("github", "merge-request", { seed: "a" }),
      story("github", "merge-request", { seed: "b" }),
    ];
    const stage = await openStage([first, second], { rules: AN8 });
    const { worlds, deliver } = stage;
    await deliver(first);
    await succeeds(stage, first);
    const [tag] = sideTags(worlds.hub);
    const admin = createCaller(() => worlds.hub.url);
    await admin.login("kojiadmin");
    await admin.call("removeSideTag", tag?.name);
    await deliver(second);
    await succeeds(stage, second);
    const names = sideTags(worlds.hub).map(({ name }) => name);
    expect(names).toHaveLength(1);
    expect(names).not.toContain(tag?.name);
    expect(targets(worlds.hub)).toEqual([tag?.name, names[0]]);
  });

  it.concurrent("one that nobody uses is removed after its lifetime; changed macros are put right before", async ({
    openStage,
  }) => {
    const told = story("github", "merge-request");
    const stage = await openStage([told], { rules: AN8 });
    const { worlds, deliver, service } = stage;
    await deliver(told);
    await succeeds(stage, told);
    const [tag] = sideTags(worlds.hub);
    const admin = createCaller(() => worlds.hub.url);
    await admin.login("kojiadmin");
    await admin.call("editTag2", tag?.name, {
      extra: { "rpm.macro.dist": ".evil", "rpm.macro.ci_x": "1" },
      __starstar: true,
    });
    service.skip(2 * 3_600_000);
    await until(
      () => [tag?.extra.get("rpm.macro.dist"), tag?.extra.has("rpm.macro.ci_x")],
      ([dist, more]) => dist === ".an8" && more === false,
    );
    service.skip(7 * 86_400_000);
    await isGone(stage);
  });

  it.concurrent("a macro the parent does not allow is refused with words, and no task is made", async ({
    openStage,
  }) => {
    const told = story("github", "merge-request");
    const { worlds, deliver } = await openStage([told], { rules: rules("macros: { dist: .an8, evil_one: '1' }") });
    await deliver(told);
    await until(
      () => shownStates(worlds, told)[F42],
      (state) => state === "failure",
    );
    const said = tale(worlds, told).at(-1) ?? "";
    expect(said).toContain("f42-build allows dist debug_package ci_* _with_* _without_*, not %evil_one");
    expect(worlds.hub.count("build")).toBe(0);
    expect(worlds.hub.count("createSideTag")).toBe(0);
  });

  it.concurrent("a parent that allows none", async ({ openStage }) => {
    const told = story("github", "merge-request");
    const { worlds, deliver } = await openStage([told], { rules: rules("with: [tests]", "c9s-candidate") });
    await deliver(told);
    await until(
      () => shownStates(worlds, told)["koji/c9s-candidate/scratch"],
      (state) => state === "failure",
    );
    expect(tale(worlds, told).at(-1)).toContain("c9s-build lets its side tags set no macros");
  });
});

describe("the build tag itself", () => {
  const build = (macros: string) => `build: { hub: koji, target: c9s-candidate, macro_strategy: tag, ${macros} }`;
  const RULES = `
rules:
  - { name: one, repos: ["github:**"], on: merge_request, labels: one, ${build("macros: { dist: .one, ci_x: '1' }")} }
  - { name: two, repos: ["github:**"], on: merge_request, labels: two, ${build("macros: { dist: .two }")} }
  - { name: none, repos: ["github:**"], on: merge_request, labels: none, build: { hub: koji, target: c9s-candidate } }
`;
  const mr = (label: string) =>
    changed(story("github", "merge-request", { repo: `rpms/${label}`, seed: label }), (payload) => {
      payload.pull_request.labels = [{ name: label }];
    });
  const C9S = "koji/c9s-candidate/scratch";
  const state = ({ worlds }: Pick<Stage, "worlds">, told: Story, wanted: string) =>
    until(
      () => shownStates(worlds, told)[C9S],
      (state) => state === wanted,
    );
  const tagOf = ({ hub }: Stage["worlds"]) => hub.tags().find(({ name }) => name === "c9s-build");
  const users = DEFAULT_CONTENT.users.map((user) =>
    user.name === "kojibridge" ? { ...user, permissions: ["tag"] } : user,
  );

  it.concurrent("has the macros while they are needed, and then what it had before", async ({ openStage }) => {
    const [one, two, none] = [mr("one"), mr("two"), mr("none")];
    let hangs = true;
    const outcome = () => ({ result: hangs ? "hang" : "success" }) as const;
    const stage = await openStage([one, two, none], { rules: RULES, outcome, users });
    const { worlds, deliver, service } = stage;
    await deliver(one);
    await until(
      () => worlds.hub.buildTasks().map((task) => task.state),
      (states) => states.join() === "OPEN",
    );
    expect(tagOf(worlds)?.extra.get("rpm.macro.dist")).toBe(".one");
    await deliver(two);
    await until(
      () => tale(worlds, two).at(-1),
      (said) => said === "pending: waiting: other builds need other macros in c9s-build",
    );
    hangs = false;
    for (const task of worlds.hub.buildTasks()) await cancelByAdmin(worlds.hub, task.id);
    await state(stage, one, "error");
    service.skip(61_000);
    await state(stage, two, "success");
    expect(tagOf(worlds)?.extra.get("rpm.macro.dist")).toBe(".two");
    expect(tagOf(worlds)?.extra.has("rpm.macro.ci_x")).toBe(false);
    await deliver(none);
    await state(stage, none, "success");
    expect(tagOf(worlds)?.extra.get("rpm.macro.dist")).toBe(".el9");
    expect(
      packages(worlds.hub)
        .filter((name) => name.startsWith("two"))
        .join(),
    ).toMatch(/\.two\./);
    expect(
      packages(worlds.hub)
        .filter((name) => name.startsWith("none"))
        .join(),
    ).toMatch(/\.el9\./);
  });

  it.concurrent("somebody else's edit is not lost: the next build is refused and says what to do", async ({
    openStage,
  }) => {
    const [one, two] = [mr("one"), mr("two")];
    const stage = await openStage([one, two], { rules: RULES, users });
    const { worlds, deliver } = stage;
    await deliver(one);
    await state(stage, one, "success");
    const admin = createCaller(() => worlds.hub.url);
    await admin.login("kojiadmin");
    await admin.call("editTag2", "c9s-build", { extra: { "rpm.macro.dist": ".theirs" }, __starstar: true });
    await deliver(two);
    await state(stage, two, "failure");
    expect(tale(worlds, two).at(-1)).toContain("somebody else changed %dist of c9s-build from .one to .theirs");
    expect(tagOf(worlds)?.extra.get("rpm.macro.dist")).toBe(".theirs");
  });

  it.concurrent("without the permission nothing is edited", async ({ openStage }) => {
    const one = mr("one");
    const stage = await openStage([one], { rules: RULES });
    await stage.deliver(one);
    await state(stage, one, "failure");
    expect(tale(stage.worlds, one).at(-1)).toContain("kojibridge lacks the permission `tag`");
    expect(stage.worlds.hub.count("editTag2")).toBe(0);
  });
});

async function cancelByAdmin(hub: HubWorld, task: number): Promise<void> {
  const admin = createCaller(() => hub.url);
  await admin.login("kojiadmin");
  await admin.call("cancelTask", task);
}
