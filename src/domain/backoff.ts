/** Waiting times after failures. Jitter comes from the caller, so that this stays pure. */

const FIRST_MS = 1_000;
const LAST_MS = 60_000;

/**
 * When to try again after `tries` failures in a row: 1 s, 2 s, 4 s … 60 s, then every minute for as long as it takes.
 * `jitter` in [0, 1) takes away up to a quarter, so that a thousand parked builds do not knock together.
 */
export function backoff(tries: number, jitter: number): number {
  const full = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(tries, 16));
  return Math.round(full * (1 - jitter / 4));
}
