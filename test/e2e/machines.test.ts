import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { killBridgeProcesses } from "../support/bridge-process.ts";
import { type Fleet, openFleet } from "../support/fleet.ts";
import { describeWithParts } from "../support/parts.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { type RedisHost, startRedis } from "../support/redis.ts";
import { FORGES, openWorldsFor, type Story, shownStates, story } from "../support/stories.ts";
import { send, type TestWorlds, type TestWorldsOptions, until } from "../support/worlds.ts";

const WATCH = "watch koji";
/** A lease, a renewal, what BullMQ takes to hand on a key, and a machine with other things to do. */
const PATIENCE_MS = 60_000;

describeWithParts("several processes on Postgres and Redis", ["postgres", "redis", "openssl"], () => {
  let postgres: Postgres;
  let redis: RedisHost;
  const open: TestWorlds[] = [];
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  });
  afterEach(async () => {
    killBridgeProcesses();
    for (const worlds of open.splice(0)) await worlds.close();
  });
  afterAll(async () => {
    await postgres.remove();
    await redis.remove();
  });

  async function openStage(stories: readonly Story[], options: TestWorldsOptions) {
    const worlds = await openWorldsFor(stories, options);
    open.push(worlds);
    return { worlds, fleet: await openFleet(worlds, postgres, redis) };
  }

  /** Pushes of packages of their own, on all forges in turn. */
  const pushes = (count: number): Story[] =>
    Array.from({ length: count }, (_, i) =>
      story(FORGES[i % FORGES.length] ?? "github", "push", { repo: `rpms/p${i}`, seed: `${i}` }),
    );

  async function deliver(url: string, stories: readonly Story[], pause = 0): Promise<void> {
    for (const told of stories) {
      const answer = await send(url, told.forge, { ...told, id: told.sha });
      expect(answer?.status).toBe(202);
      await delay(pause);
    }
  }

  /** Every build has exactly one task, and every commit says how it ended. */
  async function eachBuiltOnce(worlds: TestWorlds, stories: readonly Story[]): Promise<void> {
    const states = () => stories.map((told) => Object.values(shownStates(worlds, told)).join());
    await until(states, (seen) => seen.every((state) => state === "success"), PATIENCE_MS);
    // What was said too late would be said now.
    await delay(100);
    expect(states()).toEqual(stories.map(() => "success"));
    expect(worlds.hub.buildTasks()).toHaveLength(stories.length);
    expect(worlds.hub.count("build")).toBe(stories.length);
  }

  const watcher = (fleet: Fleet) =>
    until(
      () => fleet.holders(WATCH),
      (found) => found.length === 1,
      PATIENCE_MS,
    ).then(([found]) => found as NonNullable<typeof found>);

  it("kill -9 of the worker that watches: the others go on", async () => {
    const stories = pushes(30);
    const { worlds, fleet } = await openStage(stories, { speed: 20 });
    const web = await fleet.start("web");
    await Promise.all([fleet.start("worker"), fleet.start("worker")]);
    await deliver(web.url, stories);
    const first = await watcher(fleet);
    await until(
      () => worlds.hub.buildTasks().length,
      (count) => count > 3,
    );
    await first.kill();
    await eachBuiltOnce(worlds, stories);
  }, 120_000);

  it("Redis is emptied and restarted under way: nothing is lost", async () => {
    const stories = pushes(40);
    const { worlds, fleet } = await openStage(stories, { speed: 50 });
    const web = await fleet.start("web");
    await Promise.all([fleet.start("worker"), fleet.start("worker")]);
    const delivering = deliver(web.url, stories, 50);
    await delay(100);
    await redis.call("flushall");
    await delay(100);
    await redis.stop();
    await delivering;
    await redis.start();
    await eachBuiltOnce(worlds, stories);
  }, 120_000);

  it("the watcher stands still, another takes over, and the first one comes back", async () => {
    const stories = pushes(12);
    const { worlds, fleet } = await openStage(stories, { speed: 20 });
    const web = await fleet.start("web");
    const members = await Promise.all([fleet.start("worker"), fleet.start("worker")]);
    const first = await watcher(fleet);
    await deliver(web.url, stories);
    await until(
      () => worlds.hub.buildTasks().length,
      (count) => count > 3,
    );
    first.pause();
    const other = members.find((member) => member !== first);
    await until(
      () => other?.log() ?? "",
      (log) => log.includes(`"lease":"${WATCH}"`),
      PATIENCE_MS,
    );
    first.goOn();
    await until(
      () => first.log(),
      (log) => /lease lost to another process/.test(log),
      PATIENCE_MS,
    );
    await eachBuiltOnce(worlds, stories);
  }, 120_000);

  it("a worker stands still while the hub works on its call: the task is adopted, not built again", async () => {
    const stories = pushes(1);
    const { worlds, fleet } = await openStage(stories, { speed: 50 });
    const first = await fleet.start("all");
    const gate = worlds.hub.faults.hold("build");
    await deliver(first.url, stories);
    await gate.reached;
    first.pause();
    const second = await fleet.start("worker");
    await until(
      () => worlds.hub.count("logout"),
      (count) => count > 0,
      PATIENCE_MS,
    );
    gate.release();
    await until(
      () => second.log(),
      (log) => /"msg":"adopted"/.test(log),
      PATIENCE_MS,
    );
    first.goOn();
    await eachBuiltOnce(worlds, stories);
  }, 120_000);

  it("a worker that waits long for the hub, but lives, is not fenced by the other", async () => {
    const stories = pushes(1);
    const { worlds, fleet } = await openStage(stories, { speed: 50 });
    const first = await fleet.start("all");
    const gate = worlds.hub.faults.hold("build");
    await deliver(first.url, stories);
    await gate.reached;
    const second = await fleet.start("worker");
    // Until then Redis knows that the first one works on it.
    await redis.call("flushall");
    await until(
      () => second.log(),
      (log) => /another process sends it/.test(log),
      PATIENCE_MS,
    );
    expect(worlds.hub.count("logout")).toBe(0);
    gate.release();
    await eachBuiltOnce(worlds, stories);
  }, 120_000);
});
