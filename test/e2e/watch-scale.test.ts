import { afterEach, beforeEach, expect, it } from "vitest";
import { createHub, type OpenHub } from "../../src/adapters/koji/index.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { createSave } from "../../src/app/save.ts";
import { createWatch } from "../../src/app/watch.ts";
import type { Store } from "../../src/ports/store.ts";
import { createHubWorld, type HubWorld } from "../../src/simulator/hub/index.ts";
import { AUTH, lookAtBuilds, recordRunning, submitBuilds } from "../support/running-builds.ts";
import { until } from "../support/worlds.ts";

const BUILDS = 3_000;
/** Packages of the builds that end, which are the first of each thousand; all others hang. */
const NAMES = ["fail-build", "fail-srpm", "slow"];
const START = 1.8e12;
const INTERVAL = 10;

const saved: string[] = [];
/** Requests the hub had seen when a tick began. */
const ticks: number[] = [];
let world: HubWorld;
let store: Store;
let hub: OpenHub;
let watch: { stop(): Promise<void> };

beforeEach(async () => {
  world = createHubWorld({ speed: 0 });
  await world.listen();
  const names = Array.from({ length: BUILDS }, (_, i) => NAMES[i / 1_000] ?? "hang");
  await submitBuilds(world.url, names);
  world.advance(1_500);
  const builds = await lookAtBuilds(world.url);
  expect(builds).toHaveLength(BUILDS);
  store = await openSqliteStore(":memory:");
  await recordRunning(store, builds, () => START);
  hub = createHub({ url: world.url, auth: AUTH });
  saved.length = 0;
  ticks.length = 0;
  watch = startWatch();
});

afterEach(async () => {
  await watch.stop();
  await hub.close();
  await store.close();
  await world.close();
});

function startWatch() {
  const save = createSave(store, () => {});
  const nothing = () => {};
  const fail = (facts: object, message: string) => {
    throw new Error(`${message} ${JSON.stringify(facts)}`);
  };
  return createWatch({
    name: "koji",
    hub,
    store: {
      ...store,
      running(name) {
        ticks.push(world.count());
        return store.running(name);
      },
    },
    save(before, after) {
      saved.push(before.id);
      return save(before, after);
    },
    lease: () => ({ name: "watch koji", token: 1 }),
    // An interval per tick, however long it takes: nobody waits for a world that is slower than a hub.
    now: () => START + ticks.length * INTERVAL,
    log: { debug: nothing, info: nothing, warn: fail, error: fail },
    interval: INTERVAL,
  });
}

/** Requests of every tick since the first, which logs in. */
const perTick = () => ticks.slice(2).map((count, i) => count - (ticks[i + 1] ?? 0));

it("three thousand running builds cost a handful of requests per tick, and nothing is saved while nothing moves", async () => {
  await until(
    () => ticks.length,
    (count) => count > 6,
  );
  // two pages of active builds, children of a thousand builds by 500
  expect(Math.max(...perTick())).toBeLessThanOrEqual(4);
  expect(world.count("getTaskInfo") + world.count("getTaskChildren")).toBe(0);
  expect(saved).toEqual([]);
});

it("what ends is noticed, with its reason and its children, for a handful of requests more", async () => {
  const [requests, multiCalls] = [world.count(), world.count("multiCall")];
  world.advance(120_000);
  const ended = await until(
    () => Promise.all(["build-0", "build-1000", "build-2000"].map((id) => store.build(id))),
    (builds) => builds.every((build) => build?.task?.finishedAt !== null),
  );
  expect(ended.map((build) => build?.task?.state)).toEqual(["FAILED", "FAILED", "CLOSED"]);
  // Why they failed is found out next, under their own keys; nobody does that here.
  expect(ended.map((build) => build?.phase)).toEqual(["running", "running", "succeeded"]);
  expect(ended[0]?.reason).toMatch(/^error building package \(arch x86_64\), mock exited with status 1/);
  expect(ended[1]?.reason).toMatch(/^error building srpm/);
  expect(ended.slice(0, 2).every((build) => build?.wakeAt !== null)).toBe(true);
  expect(ended[2]?.task?.children.map(({ label, state }) => `${label} ${state}`)).toEqual([
    "srpm CLOSED",
    "x86_64 CLOSED",
    "aarch64 CLOSED",
  ]);
  expect(world.count("getTaskInfo")).toBeLessThanOrEqual(2);
  expect(world.count("multiCall") - multiCalls).toBeLessThanOrEqual(2);
  expect(world.count() - requests).toBeLessThan(60);
  // children go on below a build that itself does not move
  const other = await until(
    () => store.build("build-7"),
    (build) => (build?.task?.children.length ?? 0) === 3,
  );
  expect(other?.phase).toBe("running");
});
