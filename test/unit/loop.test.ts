import { afterEach, describe, expect, it } from "vitest";
import { createLoop, type Loop } from "../../src/app/loop.ts";
import { until } from "../support/worlds.ts";

const HOUR = 3_600_000;
const loops: Loop[] = [];
afterEach(() => Promise.all(loops.splice(0).map((loop) => loop.stop())));

/** A loop whose rounds are counted, and whose first one waits at a gate if asked to. */
function start(pause: () => number, gate: Promise<void> = Promise.resolve()) {
  const seen = { begun: 0, ended: 0, failed: 0 };
  const round = async () => {
    seen.begun += 1;
    await gate;
    seen.ended += 1;
    if (seen.ended === 2) throw new Error("second round");
  };
  const loop = createLoop(round, pause, () => {
    seen.failed += 1;
  });
  loops.push(loop);
  return { loop, seen };
}

describe("loop", () => {
  it("goes on after a round that failed", async () => {
    const { seen } = start(() => 1);
    await until(
      () => seen,
      ({ ended }) => ended > 4,
    );
    expect(seen.failed).toBe(1);
  });

  it("comes sooner when asked to during a long pause, and then pauses again", async () => {
    const { loop, seen } = start(() => HOUR);
    await until(
      () => seen,
      ({ ended }) => ended === 1,
    );
    loop.within(1);
    await until(
      () => seen,
      ({ ended }) => ended === 2,
    );
    loop.within(2 * HOUR);
    await new Promise(setImmediate);
    expect(seen.begun).toBe(2);
  });

  it("asked during a round, the next one comes soon after it", async () => {
    const gate = Promise.withResolvers<void>();
    const { loop, seen } = start(() => HOUR, gate.promise);
    loop.within(1);
    expect(seen.begun).toBe(1);
    gate.resolve();
    await until(
      () => seen,
      ({ ended }) => ended === 2,
    );
  });

  it("stops after the running round, whatever was asked", async () => {
    const gate = Promise.withResolvers<void>();
    const { loop, seen } = start(() => 0, gate.promise);
    const stopped = loop.stop();
    loop.within(0);
    gate.resolve();
    await stopped;
    expect(seen).toMatchObject({ begun: 1, ended: 1 });
  });
});
