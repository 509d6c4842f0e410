import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHubWorld, type HubWorld } from "../../src/simulator/hub/index.ts";
import { createCaller, type HubCaller } from "../support/hub-caller.ts";

const SOURCE = "git+https://git.example.org/rpms/hello.git#f40e746919cc2af5c0d08471e6452fdb23260635";

const extra = { "rpm.macro.dist": ".fc42", sidetag_rpm_macros_allowed: ["dist"] };
const CONTENT = {
  tags: [
    { name: "f42", arches: "x86_64 aarch64", packages: ["hello", "bash"] },
    { name: "f42-build", arches: "x86_64 aarch64", parents: ["f42"], extra },
  ],
  targets: [
    { name: "f42-candidate", build: "f42-build", dest: "f42" },
    { name: "f42-self", build: "f42-build", dest: "f42-build" },
  ],
  channels: [{ name: "slow", hosts: [] }],
};

let world: HubWorld;
let caller: HubCaller;

beforeEach(async () => {
  world = createHubWorld({ speed: 0, content: CONTENT });
  await world.listen();
  caller = createCaller(() => world.url);
  await caller.login("kojibridge");
});
afterEach(() => world.close());

const build = (source: string, opts: object, target = "f42-candidate") => caller.call("build", source, target, opts);

describe("builds", () => {
  const run = async (source: string, opts: object) => {
    const id = Number(await build(source, opts));
    for (let i = 0; i < 60; i++) world.advance(500);
    return world.tasks().filter((task) => task.id === id || task.parent === id);
  };

  test("a scratch build makes the SRPM, one buildArch per arch, and ends CLOSED", async () => {
    const tasks = await run(SOURCE, { scratch: true });
    expect(tasks.map(({ method, label, state }) => [method, label, state])).toEqual([
      ["build", null, "CLOSED"],
      ["buildSRPMFromSCM", "srpm", "CLOSED"],
      ["buildArch", "x86_64", "CLOSED"],
      ["buildArch", "aarch64", "CLOSED"],
    ]);
  });

  test("a real build is tagged, once, and its NVR exists only once", async () => {
    const tasks = await run(SOURCE, {});
    expect(tasks.map((task) => task.label)).toEqual([null, "srpm", "x86_64", "aarch64", "tag"]);
    const [again] = await run(SOURCE, {});
    expect(again?.state).toBe("FAILED");
    await expect(caller.call("getTaskResult", again?.id)).rejects.toMatchObject({
      code: 1000,
      message: expect.stringContaining("Build already exists"),
    });
  });

  test("the sibling of a failed buildArch is cancelled, the build fails with its fault", async () => {
    const tasks = await run(SOURCE.replace("hello", "fail-build"), { scratch: true });
    expect(tasks.map((task) => task.state)).toEqual(["FAILED", "CLOSED", "FAILED", "CANCELED"]);
    await expect(caller.call("getTaskResult", tasks[0]?.id)).rejects.toMatchObject({
      code: 1005,
      message: expect.stringContaining("error building package (arch x86_64)"),
    });
  });

  test("the log of a running task grows by whole lines", async () => {
    await build(SOURCE.replace("hello", "hang"), { scratch: true });
    const size = async () => {
      const arch = world.tasks().find((task) => task.label === "x86_64");
      const files = await caller.call("listTaskOutput", arch?.id ?? 0, { stat: true, __starstar: true });
      return Number((files as Record<string, { st_size: string }>)["build.log"]?.st_size ?? -1);
    };
    world.advance(60_000);
    const before = await size();
    world.advance(60_000);
    expect(before).toBeGreaterThan(0);
    expect(await size()).toBeGreaterThan(before);
  });
});

/** koji-facts, section 12: macros are read as of the repo, not as of the build. */
test("a side tag's macro is seen only by builds in a repo made after the edit", async () => {
  const { name } = (await caller.call("createSideTag", "f42-build")) as { name: string };
  const nvr = async (opts: object) => {
    const id = await build(SOURCE, { scratch: true, ...opts }, name);
    world.advance(60_000);
    const srpm = world.tasks().find((task) => task.parent === id && task.label === "srpm");
    const { srpm: path } = (await caller.call("getTaskResult", srpm?.id ?? 0)) as { srpm: string };
    return path.replace(/.*\//, "");
  };
  expect(await nvr({})).toBe("hello-1.0-1.gf40e746.fc42.src.rpm");
  await caller.call("editSideTag", name, { rpm_macros: { dist: ".fc42.pr7" }, __starstar: true });
  expect(await nvr({})).toBe("hello-1.0-1.gf40e746.fc42.src.rpm");
  expect(await nvr({ wait_repo: true })).toBe("hello-1.0-1.gf40e746.fc42.pr7.src.rpm");
});

test("a chain's second level waits until the first is in the repo", async () => {
  const chain = await caller.call("chainBuild", [[SOURCE], [SOURCE.replace("hello", "bash")]], "f42-self", {});
  world.advance(120_000);
  const children = world.tasks().filter((task) => task.parent === chain);
  expect(children.map(({ label, state }) => [label, state])).toEqual([
    ["build 0,0", "CLOSED"],
    ["wait 1", "CLOSED"],
    ["build 1,0", "CLOSED"],
  ]);
});

test("a channel without builders leaves its tasks FREE", async () => {
  const id = await caller.call("build", SOURCE, "f42-candidate", { scratch: true }, null, "slow");
  world.advance(60_000);
  expect(world.tasks().find((task) => task.id === id)?.state).toBe("FREE");
});
