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
  it("are asked quickly while a build is young, seldom when it is old", () => {
    const schedule = createChildSchedule(5_000);
    const young = { ...running(0), build: "young" };
    const old = { ...running(-100 * MINUTE), build: "old" };
    for (const one of [young, old]) {
      expect(schedule.isDue(one, 0)).toBe(true);
      schedule.looked(one, 0);
      expect(schedule.isDue(one, 1_000)).toBe(false);
    }
    expect(schedule.isDue(young, 5_000)).toBe(true);
    expect(schedule.isDue(old, 30_000)).toBe(false);
    expect(schedule.isDue(old, MINUTE)).toBe(true);
  });
});
