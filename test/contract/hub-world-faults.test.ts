import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHubWorld, type HubWorld } from "../../src/simulator/hub/index.ts";
import { createCaller, type HubCaller } from "../support/hub-caller.ts";

const SOURCE = "git+https://git.example.org/rpms/hello.git#f40e746919cc2af5c0d08471e6452fdb23260635";
const build = (caller: HubCaller, source = SOURCE, opts: object = { scratch: true }) =>
  caller.call("build", source, "f42-candidate", opts);

let world: HubWorld;
let caller: HubCaller;

beforeEach(async () => {
  world = createHubWorld({ speed: 0 });
  await world.listen();
  caller = createCaller(() => world.url);
  await caller.login("kojibridge");
});
afterEach(() => world.close());

describe("what a client may lose", () => {
  test("an answer lost after the commit leaves the task, and the number is used up", async () => {
    world.faults.dropAnswerAfterCommit("build");
    await expect(build(caller)).rejects.toThrow("fetch failed");
    expect(world.buildTasks()).toHaveLength(1);
    expect(world.sessions()[0]?.callNumber).toBe(0);
    expect(world.count("build")).toBe(1);
  });

  test("a request lost before execution leaves nothing", async () => {
    world.faults.dropBeforeExecute("build");
    await expect(build(caller)).rejects.toThrow("fetch failed");
    expect(world.buildTasks()).toHaveLength(0);
    await expect(build(caller)).resolves.toBe(1);
  });

  test("a truncated answer is executed but not readable", async () => {
    world.faults.truncateAnswer("build");
    await expect(build(caller)).rejects.toThrow();
    expect(world.buildTasks()).toHaveLength(1);
  });

  test("a proxy's 502 and a captive portal's page hide the hub", async () => {
    world.faults.http502("build");
    await expect(build(caller)).rejects.toThrow("HTTP 502");
    world.faults.htmlAnswer("build");
    await expect(build(caller)).rejects.toThrow();
    expect(world.buildTasks()).toHaveLength(0);
  });

  test("a hub that is down comes back on the same port with its sessions", async () => {
    const { url } = world;
    await world.faults.down();
    await expect(build(caller)).rejects.toThrow("fetch failed");
    await world.faults.up();
    expect(world.url).toBe(url);
    await expect(build(caller)).resolves.toBe(1);
  });

  test("an offline hub answers 1014 to everything", async () => {
    world.faults.offline("planned outage");
    await expect(build(caller)).rejects.toEqual({ code: 1014, message: "planned outage" });
    world.faults.online();
    await expect(build(caller)).resolves.toBe(1);
  });
});

describe("the fence: logout of another session (koji-facts, section 16)", () => {
  test("waits for the call in flight, then that call's task is there", async () => {
    const old = world.sessions()[0]?.id;
    const gate = world.faults.hold("build");
    const inFlight = build(caller);
    await gate.reached;
    const recovery = createCaller(() => world.url);
    await recovery.login("kojibridge");
    await expect(recovery.call("listTasks", { method: "build" })).resolves.toEqual([]);
    let fenced = false;
    const fence = recovery.call("logout", old).then(() => {
      fenced = true;
    });
    await createCaller(() => world.url).call("getAPIVersion");
    expect(fenced).toBe(false);
    gate.release();
    await expect(inFlight).resolves.toBe(1);
    await fence;
    await expect(recovery.call("listTasks", { method: "build" }, { countOnly: true })).resolves.toBe(1);
    await expect(build(caller)).rejects.toMatchObject({ code: 1002 });
  });
});

describe("builds", () => {
  const run = async (source: string, opts: object) => {
    const id = Number(await build(caller, source, opts));
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
    await build(caller, SOURCE.replace("hello", "hang"));
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
