import type { RunningTask } from "../ports/store.ts";

const LONGEST_MS = 30_000;
/** The pause grows to this share of the time in which nothing happened. */
const QUIET_SHARE = 10;
/** A look that keeps the hub busy for a second is followed by four in which it is left alone. */
const REST_PER_LOOK = 4;

/**
 * How long to wait between two looks at a hub: the configured interval while builds are young or moving, longer while all of
 * them have been at it for long, and most of the hub's time left to others.
 */
export function createPace(interval: number) {
  let lastNews = 0;
  let looked = 0;
  return {
    saw(running: readonly RunningTask[], moved: boolean, now: number) {
      const youngest = running.reduce((latest, { since }) => Math.max(latest, since), 0);
      lastNews = Math.max(lastNews, youngest, moved ? now : 0);
    },
    /** Nothing runs there: the next build is news, whenever it comes. */
    idle(now: number) {
      lastNews = now;
      looked = 0;
    },
    took(ms: number) {
      looked = ms;
    },
    wait(now: number): number {
      const patient = Math.max((now - lastNews) / QUIET_SHARE, looked * REST_PER_LOOK);
      return Math.max(interval, Math.min(patient, LONGEST_MS));
    },
  };
}
