import { backoff } from "../domain/backoff.ts";
import { explain, isKind } from "../domain/errors.ts";
import type { Log } from "../ports/runtime.ts";
import type { Owed, Saying } from "../ports/store.ts";

/** A forge that says no may only be behind (a commit not yet replicated): ask a few times before believing it. */
const REJECTIONS_BELIEVED = 6;

/** A forge that forgot nothing we said keeps `said`; after any failure nobody knows what it shows. */
export function failed(owed: Owed, error: unknown, now: number, jitter: number): Saying<never> {
  const tries = owed.tries + 1;
  const outcome = explain(error).slice(0, 500);
  if (isKind(error, "rejected", "invalid") && tries >= REJECTIONS_BELIEVED)
    return { done: owed.wanted, tries: 0, wakeAt: null, said: null, outcome };
  const wakeAt =
    isKind(error, "throttled") && error.retryAt !== undefined ? error.retryAt : now + backoff(owed.tries, jitter);
  return { done: owed.done, tries, wakeAt, said: null, outcome };
}

export function logFailure(log: Log, facts: object, error: unknown, saying: Saying<never>): void {
  const text = saying.wakeAt === null ? "the forge refuses it for good" : "cannot tell the forge yet, will retry";
  const line = { ...facts, error: explain(error), tries: saying.tries };
  if (saying.wakeAt === null || isKind(error, "auth")) log.error(line, text);
  else log.warn(line, text);
}
