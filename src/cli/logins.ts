import { backoff } from "../domain/backoff.ts";
import { explain } from "../domain/errors.ts";
import type { Forge } from "../ports/forge.ts";
import type { Log } from "../ports/runtime.ts";

export interface Logins {
  /** Null while unknown: an ack never waits for a forge. */
  of(forge: string): string | null;
  stop(): void;
}

/** Learns in the background whose tokens we hold, asking again until each forge has answered. */
export function createLogins(forges: ReadonlyMap<string, Forge>, log: Log): Logins {
  const known = new Map<string, string | null>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  async function learn(name: string, forge: Forge, tries: number): Promise<void> {
    try {
      known.set(name, await forge.whoami());
    } catch (error) {
      if (stopped) return;
      log.warn({ forge: name, error: explain(error) }, "cannot learn whose token this is, will ask again");
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          void learn(name, forge, tries + 1);
        },
        backoff(tries, 0),
      );
      timers.add(timer);
    }
  }

  for (const [name, forge] of forges) void learn(name, forge, 0);
  return {
    of: (forge) => known.get(forge) ?? null,
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
