import { describe, expect } from "vitest";
import { createCaller } from "../support/hub-caller.ts";
import { it, type Stage } from "../support/service.ts";
import { type Story, shownStates, story, tale, wordsOf } from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const F42 = "koji/f42-candidate";
const rules = (build = "", target = "f42-candidate") => `
rules:
  - { name: push, repos: ["github:**"], on: push, build: { hub: koji, target: ${target}, scratch: false${build && `, ${build}`} } }
`;

/** A push whose spec says what the world's builder will make of it. */
function release(seed: string, name = "hello"): Story & { readonly nvr: string; readonly spec: string } {
  const told = story("github", "push", { repo: `rpms/${name}`, seed });
  const rest = `1.g${told.sha.slice(0, 7)}`;
  return { ...told, nvr: `${name}-1.0-${rest}.fc42`, spec: `Name: ${name}\nVersion: 1.0\nRelease: ${rest}%{?dist}\n` };
}

const ends = ({ worlds }: Pick<Stage, "worlds">, told: Story, state: string, context = F42) =>
  until(
    () => shownStates(worlds, told)[context],
    (now) => now === state,
  );
const last = ({ worlds }: Pick<Stage, "worlds">, told: Story) => tale(worlds, told).at(-1) ?? "";
const writeSpec = ({ forge }: Stage["worlds"], { repo, sha, spec }: ReturnType<typeof release>) =>
  forge.commit("github", repo, { sha, branch: "main", files: { "hello.spec": spec } });

/** Somebody else builds that commit and waits for it. */
async function builtBy(user: string, { hub }: Stage["worlds"], source: string, target = "f42-candidate") {
  const caller = createCaller(() => hub.url);
  await caller.login(user);
  const task = Number(await caller.call("build", source, target, {}));
  await until(
    () => hub.tasks().find(({ id }) => id === task)?.state,
    (state) => state === "CLOSED",
  );
}
const tagsOf = async ({ hub }: Stage["worlds"], nvr: string) => {
  const rows = await createCaller(() => hub.url).call("listTags", { build: nvr, __starstar: true });
  return (rows as { name: string }[]).map(({ name }) => name);
};

describe("before any builder is asked", () => {
  it.concurrent("a package that is not in the list, and a blocked one", async ({ openStage }) => {
    const [missing, blocked] = [release("a", "nobody-knows"), release("b", "blockedpkg")];
    const stage = await openStage([missing, blocked], { rules: rules(), unlisted: ["nobody-knows", "blockedpkg"] });
    for (const told of [missing, blocked]) await stage.deliver(told);
    for (const told of [missing, blocked]) await ends(stage, told, "failure");
    expect(last(stage, missing)).toContain("package nobody-knows is not in the list of f42-updates-candidate");
    expect(last(stage, blocked)).toContain("package blockedpkg is blocked in f42");
    expect(stage.worlds.hub.count("build")).toBe(0);
  });

  it.concurrent("built from another commit: failure says by whom and when", async ({ openStage }) => {
    const told = release("x");
    const stage = await openStage([told], { rules: rules() });
    const { worlds, deliver } = stage;
    // The world's builder names packages after the first digits of the commit.
    await builtBy("packager", worlds, `git+https://elsewhere.example.org/hello.git#${told.sha.slice(0, 7)}`);
    writeSpec(worlds, told);
    await deliver(told);
    await ends(stage, told, "failure");
    const today = new Date(worlds.hub.now()).toISOString().slice(0, 10);
    expect(last(stage, told)).toContain(
      `${told.nvr} is built already, by packager on ${today} from ${told.sha.slice(0, 7)}`,
    );
    expect(worlds.hub.buildTasks()).toHaveLength(1);
  });

  it.concurrent("built from this commit: adopted, with a link", async ({ openStage }) => {
    const told = release("x");
    const stage = await openStage([told], { rules: rules() });
    const { worlds, deliver } = stage;
    await builtBy("packager", worlds, `git+https://elsewhere.example.org/hello.git#${told.sha}`);
    writeSpec(worlds, told);
    await deliver(told);
    await ends(stage, told, "success");
    expect(last(stage, told)).toBe(`success: built before: ${told.nvr}`);
    expect(wordsOf(worlds, told).at(-1)?.url).toMatch(/\/buildinfo\?buildID=\d+$/);
    expect(worlds.hub.buildTasks()).toHaveLength(1);
  });

  it.concurrent("built from this commit elsewhere: tagged into the destination, if the rule says so", async ({
    openStage,
  }) => {
    const told = release("x");
    const stage = await openStage([told], { rules: rules("on_existing: tag") });
    const { worlds, deliver } = stage;
    const other = createCaller(() => worlds.hub.url);
    await other.login("packager");
    await other.call("build", `git+https://elsewhere.example.org/hello.git#${told.sha}`, "f42-candidate", {
      skip_tag: true,
    });
    await until(
      () => worlds.hub.buildTasks().map(({ state }) => state),
      (states) => states.join() === "CLOSED",
    );
    expect(await tagsOf(worlds, told.nvr)).toEqual([]);
    writeSpec(worlds, told);
    await deliver(told);
    await ends(stage, told, "success");
    expect(await tagsOf(worlds, told.nvr)).toEqual(["f42-updates-candidate"]);
    expect(worlds.hub.buildTasks()).toHaveLength(1);
  });
});

describe("afterwards", () => {
  it.concurrent("what was made is on the record", async ({ openStage }) => {
    const told = release("x");
    const stage = await openStage([told], { rules: rules("fail_fast: true, priority: 5") });
    await stage.deliver(told);
    await ends(stage, told, "success");
    expect(await stage.api(`/api/builds?sha=${told.sha}`)).toMatchObject({
      builds: [{ made: { nvr: told.nvr, adopted: false } }],
    });
    const [task] = stage.worlds.hub.buildTasks();
    expect(task?.priority).toBe(25);
    expect(task?.request[2]).toMatchObject({ scratch: false, fail_fast: true });
  });

  it.concurrent("somebody else's build wins the race: the failure says whose", async ({ openStage }) => {
    const told = release("x");
    const stage = await openStage([told], { rules: rules() });
    const { worlds, deliver } = stage;
    await builtBy("packager", worlds, `git+https://elsewhere.example.org/hello.git#${told.sha.slice(0, 7)}`);
    await deliver(told);
    await ends(stage, told, "failure");
    expect(last(stage, told)).toContain(`${told.nvr} is built already, by packager`);
    expect(worlds.hub.buildTasks()).toHaveLength(2);
  });

  it.concurrent("with macros of its own: built on a side tag, and tagged into the destination", async ({
    openStage,
  }) => {
    const told = release("x");
    const stage = await openStage([told], { rules: rules("macros: { dist: .an8 }") });
    const { worlds, deliver } = stage;
    await deliver(told);
    await ends(stage, told, "success");
    const nvr = told.nvr.replace(/\.fc42$/, ".an8");
    expect(await tagsOf(worlds, nvr)).toContain("f42-updates-candidate");
    expect(await stage.api(`/api/builds?sha=${told.sha}`)).toMatchObject({ builds: [{ made: { nvr } }] });
  });
});
