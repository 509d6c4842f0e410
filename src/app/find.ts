import type { BuildSubmitter, MarkedTask } from "../ports/hub.ts";

/** All our build tasks since that hub time, as of a moment after the call. */
export type Finder = (since: number) => Promise<MarkedTask[]>;

/**
 * After a crash many builds look for their tasks at once, and the query is not a cheap one (koji-facts, section 15).
 * Calls that arrive while one query runs share the next one: never the running one, whose answer may be older than
 * their fence.
 */
export function createFinder(hub: Pick<BuildSubmitter, "submittedSince">): Finder {
  let running: Promise<unknown> = Promise.resolve();
  let next: { since: number; answer: Promise<MarkedTask[]> } | null = null;

  return (since) => {
    if (next === null) {
      const query = { since, answer: Promise.resolve<MarkedTask[]>([]) };
      query.answer = running.then(() => {
        next = null;
        return hub.submittedSince(query.since);
      });
      running = query.answer.catch(() => undefined);
      next = query;
    }
    next.since = Math.min(next.since, since);
    return next.answer;
  };
}
