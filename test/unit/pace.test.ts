import { describe, expect, it } from "vitest";
import { createChildSchedule } from "../../src/app/child-schedule.ts";
import { createPace } from "../../src/app/pace.ts";
import type { RunningTask } from "../../src/ports/store.ts";

const MINUTE = 60_000;
const running = (since: number): RunningTask => ({ build: "b", task: 7, state: "OPEN", since, parked: false });

describe("pace", () => {
  it.each([
    ["a young build", 1_000, false, 0, 5_000],
    ["a build of five minutes", 5 * MINUTE, false, 0, 30_000],
    ["a build of two minutes", 2 * MINUTE, false, 0, 12_000],
    ["a build of ten hours", 600 * MINUTE, false, 0, 30_000],
    ["a build of ten hours that moved", 600 * MINUTE, true, 0, 5_000],
    ["a look that took three seconds", 1_000, false, 3_000, 12_000],
    ["a look that took a minute", 1_000, false, 60_000, 30_000],
  ])("%s", (_, age, moved, took, wait) => {
    const now = 1e12;
    const pace = createPace(5_000);
    pace.saw([running(now - age)], moved, now);
    pace.took(took);
    expect(pace.wait(now)).toBe(wait);
  });

  it("a new build makes it quick again", () => {
    const pace = createPace(5_000);
    pace.saw([running(0)], false, 100 * MINUTE);
    expect(pace.wait(100 * MINUTE)).toBe(30_000);
    pace.saw([running(0), running(100 * MINUTE)], false, 100 * MINUTE);
    expect(pace.wait(100 * MINUTE)).toBe(5_000);
  });

  it("where nothing runs, a new build is seen within an interval", () => {
    const pace = createPace(5_000);
    const now = 1e12;
    pace.took(10_000);
    pace.idle(now - 5_000);
    expect(pace.wait(now)).toBe(5_000);
  });

  it("a longer interval than the longest is kept", () => {
    const pace = createPace(2 * MINUTE);
    pace.saw([running(0)], false, 600 * MINUTE);
    expect(pace.wait(600 * MINUTE)).toBe(2 * MINUTE);
  });
});

describe("children", () => {
  const named = (build: string, since: number): RunningTask => ({ ...running(since), build });

  it("are asked quickly while a build is young, seldom when it is old", () => {
    const schedule = createChildSchedule(5_000);
    const both = [named("young", 0), named("old", -100 * MINUTE)];
    const due = (now: number) => schedule.due(both, now).map(({ build }) => build);
    expect(due(0)).toEqual(["young", "old"]);
    for (const one of both) schedule.looked(one, 0);
    expect(due(1_000)).toEqual([]);
    expect(due(5_000)).toEqual(["young"]);
    expect(due(30_000)).toEqual(["young"]);
    expect(due(MINUTE)).toEqual(["young", "old"]);
  });

  it("are not asked of a task nobody has taken up", () => {
    expect(createChildSchedule(5_000).due([{ ...running(0), state: "FREE" }], 0)).toEqual([]);
  });

  it("of ten thousand builds are asked a thousand at a time, and everyone's turn comes", () => {
    const schedule = createChildSchedule(5_000);
    const all = Array.from({ length: 10_000 }, (_, i) => named(`b${i}`, 0));
    const asked = new Set<RunningTask>();
    for (let tick = 0; tick < 10; tick++) {
      const due = schedule.due(all, tick * 5_000);
      expect(due).toHaveLength(1_000);
      for (const one of due) {
        schedule.looked(one, tick * 5_000);
        asked.add(one);
      }
    }
    expect(asked.size).toBe(10_000);
  });
});
