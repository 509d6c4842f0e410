import { explain } from "../domain/errors.ts";
import type { WorkQueue } from "../ports/queue.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { DueStore } from "../ports/store.ts";

export interface Sweep {
  /** Something became due: look soon. Many calls are one look. */
  nudge(): void;
  stop(): void;
}

const EVERY_MS = 1_000;
const BATCH = 500;

/** Wakes whatever the database says is due: lost wake-ups, restarts and retries are all this one look. */
export function createSweep(store: DueStore, queue: WorkQueue, now: Clock, log: Log): Sweep {
  let looking = false;
  let again = false;

  async function look(): Promise<void> {
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    do {
      again = false;
      await wakeDue();
    } while (again);
    looking = false;
  }

  async function wakeDue(): Promise<void> {
    try {
      for (const key of await store.due(now(), BATCH)) queue.wake(key);
    } catch (error) {
      log.error({ error: explain(error) }, "cannot read what is due, will look again");
    }
  }

  const timer = setInterval(() => void look(), EVERY_MS);
  setImmediate(() => void look());
  return {
    nudge: () => void look(),
    stop: () => clearInterval(timer),
  };
}
