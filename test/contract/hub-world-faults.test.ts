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

  test("a request longer than MaxRequestLength is no request", async () => {
    await expect(caller.call("echo", "x".repeat(4_194_304))).rejects.toThrow("HTTP 400");
    await expect(caller.call("echo", "x")).resolves.toEqual(["x"]);
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

describe("one call at a time per session (koji-facts, section 4)", () => {
  test("a numbered call waits for the one before it, other sessions do not", async () => {
    const gate = world.faults.hold("build");
    const first = build(caller);
    await gate.reached;
    let second = "waiting";
    const next = caller.call("getAPIVersion").then(() => {
      second = "answered";
    });
    await createCaller(() => world.url).call("getAPIVersion");
    expect(second).toBe("waiting");
    gate.release();
    await first;
    await next;
    expect(second).toBe("answered");
  });

  test("a number is used up by a write only, inside a multiCall too", async () => {
    const again = createCaller(() => world.url);
    const repeat = (number: number) => again.resume(world.sessions()[0]?.id ?? 0, caller.key(), number);
    await caller.call("multiCall", [{ methodName: "getAPIVersion", params: [] }]);
    repeat(0);
    await expect(again.call("getAPIVersion")).resolves.toBe(1);
    await caller.call("multiCall", [{ methodName: "build", params: [SOURCE, "f42-candidate"] }]);
    repeat(1);
    await expect(again.call("getAPIVersion")).rejects.toMatchObject({ code: 1009 });
  });

  test("numbers that arrive out of order are refused once a write was committed", async () => {
    const late = createCaller(() => world.url);
    late.resume(world.sessions()[0]?.id ?? 0, caller.key(), 0);
    await caller.call("getAPIVersion");
    await build(caller);
    await expect(late.call("getAPIVersion")).rejects.toMatchObject({ code: 1008, message: "1 > 0 (session 1)" });
    await expect(late.call("getAPIVersion")).rejects.toMatchObject({ code: 1009 });
    await expect(late.call("getAPIVersion")).resolves.toBe(1);
  });
});
