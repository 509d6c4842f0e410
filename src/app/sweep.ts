import { explain } from "../domain/errors.ts";
import type { WorkQueue } from "../ports/queue.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { DueStore } from "../ports/store.ts";

export interface Sweep {
  /** Something became due: look soon. Many calls are one look. */
  nudge(): void;
  /** Resolves when the last look has ended. */
  stop(): Promise<void>;
}

const EVERY_MS = 1_000;
const BATCH = 500;

/** Wakes whatever the database says is due: lost wake-ups, restarts and retries are all this one look. */
export function createSweep(
  store: DueStore,
  queue: WorkQueue,
  now: Clock,
  log: Log,
  looks: "steadily" | "when nudged",
): Sweep {
  let looking: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  function look(): void {
    again = true;
    looking ??= lookUntilStill().finally(() => {
      looking = null;
    });
  }

  async function lookUntilStill(): Promise<void> {
    while (again && !stopped) {
      again = false;
      await wakeDue();
    }
  }

  async function wakeDue(): Promise<void> {
    try {
      for (const key of await store.due(now(), BATCH)) queue.wake(key);
    } catch (error) {
      log.error({ error: explain(error) }, "cannot read what is due, will look again");
    }
  }

  const timer = looks === "steadily" ? setInterval(look, EVERY_MS) : undefined;
  if (looks === "steadily") look();
  return {
    nudge: look,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await looking;
    },
  };
}
