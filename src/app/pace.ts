import type { RunningTask } from "../ports/store.ts";

const LONGEST_MS = 30_000;
/** The pause grows to this share of the time in which nothing happened. */
const QUIET_SHARE = 10;
/** A look that keeps the hub busy for a second is followed by ten in which it is left alone. */
const REST_PER_LOOK = 10;

/**
 * How long to wait between two looks at a hub: the configured interval while builds are young or moving, longer while all of
 * them have been at it for long, and never more than a tenth of the hub's time for us.
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
      const quiet = Math.min((now - lastNews) / QUIET_SHARE, Math.max(LONGEST_MS, interval));
      return Math.max(interval, quiet, looked * REST_PER_LOOK);
    },
  };
}
