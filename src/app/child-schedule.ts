import type { RunningTask } from "../ports/store.ts";

/** Children of a build are looked at this many times while its age doubles or so. */
const LOOKS_PER_AGE = 20;
const LONGEST_MS = 60_000;
/** Builds whose children one tick asks for only because of the clock: two requests. The others come in the next ticks. */
const MOST_PER_TICK = 1_000;

/**
 * A parent does not move when its children do (FREE, ASSIGNED and OPEN come and go below an OPEN build), so children are
 * asked by the clock: quick while a build is young and its SRPM turns into arches, slow when it has run for hours.
 */
export function createChildSchedule(interval: number) {
  const next = new Map<string, number>();
  const dueAt = (one: RunningTask) => next.get(one.build) ?? 0;
  return {
    /** Longest overdue first. A task nobody has taken up has no children yet. */
    due: (running: readonly RunningTask[], now: number): RunningTask[] =>
      running
        .filter((one) => one.state !== "FREE" && dueAt(one) <= now)
        .sort((a, b) => dueAt(a) - dueAt(b))
        .slice(0, MOST_PER_TICK),
    looked(one: RunningTask, now: number) {
      const pause = Math.min(LONGEST_MS, Math.max(interval, (now - one.since) / LOOKS_PER_AGE));
      // Half an interval early: a tick that comes a moment too soon must not cost a whole one.
      next.set(one.build, now + pause - interval / 2);
    },
    forgetAllBut(running: readonly RunningTask[]) {
      if (next.size <= running.length * 2 + 100) return;
      const kept = new Set(running.map((one) => one.build));
      for (const build of next.keys()) if (!kept.has(build)) next.delete(build);
    },
  };
}
