import { backoff } from "../domain/backoff.ts";
import { explain, isKind, kindOf } from "../domain/errors.ts";
import type { Key } from "../ports/queue.ts";
import type { Clock, Log } from "../ports/runtime.ts";

export type Handlers = Readonly<Record<Key["kind"], (id: string) => Promise<void>>>;

/**
 * Runs the handler of a key. Handlers save expected trouble in their records; what still comes out (database gone, a
 * bug) is logged here, and that key is held back ever longer, so that one bad record cannot keep the process busy.
 */
export function createWorker(
  handle: (kind: Key["kind"], id: string) => Promise<void>,
  now: Clock,
  log: Log,
): (key: Key) => Promise<void> {
  const held = new Map<string, { tries: number; until: number }>();

  return async (key) => {
    const name = `${key.kind} ${key.id}`;
    const hold = held.get(name);
    if (hold !== undefined && hold.until > now()) return;
    try {
      await handle(key.kind, key.id);
      held.delete(name);
    } catch (error) {
      // Somebody else moved the record; it is due, the next sweep loads it again.
      if (isKind(error, "conflict")) return;
      const tries = hold?.tries ?? 0;
      held.set(name, { tries: tries + 1, until: now() + backoff(tries, 0) });
      log.error({ key: name, kind: kindOf(error), error: explain(error), err: error }, "reconcile failed, will retry");
    }
  };
}
