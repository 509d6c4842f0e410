import type { Key } from "../../ports/queue.ts";

type Handler = (key: Key) => Promise<void>;

/**
 * That one key is not worked on twice at a time, known in this process too: Redis forgets it when it is emptied. A key whose
 * turn comes while it is worked on is woken again afterwards.
 */
export function createTurns(wake: (key: Key) => void) {
  const active = new Map<string, Promise<void>>();
  const again = new Set<string>();

  async function run(name: string, key: Key, handle: Handler): Promise<void> {
    try {
      await handle(key);
    } finally {
      active.delete(name);
      if (again.delete(name)) wake(key);
    }
  }

  return {
    async take(key: Key, handle: Handler): Promise<void> {
      const name = `${key.kind} ${key.id}`;
      if (active.has(name)) return void again.add(name);
      const running = run(name, key, handle);
      active.set(name, running);
      await running;
    },
    /** Resolves when what was begun has ended. */
    async ended(): Promise<void> {
      await Promise.allSettled(active.values());
    },
  };
}
