import { setTimeout as delay } from "node:timers/promises";
import { type Job, Queue, Worker } from "bullmq";
import { explain } from "../../domain/errors.ts";
import type { Key, WorkQueue } from "../../ports/queue.ts";
import type { Log } from "../../ports/runtime.ts";
import { type Connection, connect, type RedisServer, tellOnce } from "./redis.ts";
import { createTurns } from "./turns.ts";

interface Lane {
  readonly queue: Queue<Key>;
  worker: Worker<Key> | null;
}

/** Nothing of a wake-up is kept: whether there is work, and whether it went well, stands in the database. */
const ONCE = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

const PATIENCE = {
  // What a process held that died or was paused is worked on by another one after this and twice the next, at most.
  lockDuration: 5_000,
  stalledInterval: 2_000,
  // A key is never given up; `reconcile` may be what ends one process after the other, but it is due all the same.
  maxStalledCount: 1_000_000,
  // BullMQ's own 15 s would let a Redis that blinked hold up a lane.
  runRetryDelay: 500,
  skipVersionCheck: true,
};

const GOODBYE_MS = 2_000;

/**
 * Between processes, through Redis or Valkey: one BullMQ queue for each lane, of which every process works on `limit` keys
 * at a time. A process opens a lane when it wakes a key of it, which its sweep does within a second.
 */
export function createBullQueue(server: RedisServer, limit: number, log: Log): WorkQueue {
  let closed = false;
  const isOver = () => closed;
  const waking = connect(server, "wake", isOver);
  tellOnce(waking, log, isOver);
  let working: Connection | null = null;
  let handler: ((key: Key) => Promise<void>) | null = null;
  const lanes = new Map<string, Lane>();
  const turns = createTurns(wake);
  // A cluster keeps together what has the same text in braces; scripts need all keys of a queue on one node.
  const prefix = server.mode === "cluster" ? `{${server.prefix}}` : server.prefix;
  const quiet = (error: Error) => log.debug({ error: explain(error) }, "redis");

  function laneOf({ kind, lane }: Key): Lane {
    const name = `${kind}.${lane}`;
    const known = lanes.get(name);
    if (known !== undefined) return known;
    const queue = new Queue<Key>(name, { connection: waking, prefix, skipVersionCheck: true });
    queue.on("error", quiet);
    const made: Lane = { queue, worker: null };
    lanes.set(name, made);
    if (handler !== null) work(made, handler);
    return made;
  }

  function work(lane: Lane, handle: (key: Key) => Promise<void>): void {
    working ??= connect(server, "work", isOver).on("error", quiet);
    const options = { ...PATIENCE, connection: working, prefix, concurrency: limit };
    const take = async ({ data }: Job<Key>) => {
      if (!closed) await turns.take(data, handle);
    };
    lane.worker = new Worker<Key>(lane.queue.name, take, options);
    lane.worker.on("error", quiet);
  }

  function wake(key: Key): void {
    if (closed || waking.status !== "ready") return;
    const deduplication = { id: key.id, keepLastIfActive: true };
    laneOf(key)
      .queue.add("wake", key, { ...ONCE, deduplication })
      .catch(quiet);
  }

  return {
    wake,
    consume(handle) {
      handler = handle;
      for (const lane of lanes.values()) work(lane, handle);
    },
    async close() {
      closed = true;
      const workers = [...lanes.values()].flatMap(({ worker }) => worker ?? []);
      const closing = Promise.allSettled(workers.map((worker) => worker.close()));
      await turns.ended();
      // A Redis that does not answer is not waited for.
      await Promise.race([closing, delay(GOODBYE_MS, undefined, { ref: false })]);
      working?.disconnect();
      waking.disconnect();
    },
  };
}
