import type { Key, WorkQueue } from "../../ports/queue.ts";

interface Lane {
  readonly pending: Map<string, Key>;
  readonly active: Set<string>;
}

/** In this process: keys wait in the order they were woken, at most `limit` of a lane are worked on at a time. */
export function createLocalQueue(limit: number): WorkQueue {
  const lanes = new Map<string, Lane>();
  const ended: (() => void)[] = [];
  let handler: ((key: Key) => Promise<void>) | null = null;
  let closed = false;

  function laneOf(key: Key): Lane {
    const name = `${key.kind} ${key.lane}`;
    const lane = lanes.get(name) ?? { pending: new Map(), active: new Set() };
    lanes.set(name, lane);
    return lane;
  }

  function pump(lane: Lane): void {
    if (closed || handler === null) return;
    for (const [id, key] of lane.pending) {
      if (lane.active.size >= limit) return;
      if (lane.active.has(id)) continue;
      lane.pending.delete(id);
      lane.active.add(id);
      void work(handler, key, lane);
    }
  }

  async function work(handle: (key: Key) => Promise<void>, key: Key, lane: Lane): Promise<void> {
    try {
      await handle(key);
    } catch {
      // Told by whoever handles; see WorkQueue.
    } finally {
      lane.active.delete(key.id);
      pump(lane);
      if (closed && isIdle()) for (const resolve of ended) resolve();
    }
  }

  function isIdle(): boolean {
    return [...lanes.values()].every((lane) => lane.active.size === 0);
  }

  return {
    wake(key) {
      const lane = laneOf(key);
      lane.pending.set(key.id, key);
      pump(lane);
    },
    consume(handle) {
      handler = handle;
      for (const lane of lanes.values()) pump(lane);
    },
    async close() {
      closed = true;
      if (!isIdle()) await new Promise<void>((resolve) => ended.push(resolve));
    },
  };
}
