import { explain, isKind } from "../domain/errors.ts";
import type { Archive, Kind } from "../ports/retention.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import { createLoop } from "./loop.ts";

/** How long things are kept, milliseconds, and how many at most; null: without end. */
export interface RetentionPolicy {
  readonly payloads: number | null;
  readonly deliveries: number | null;
  readonly builds: number | null;
  readonly mostDeliveries: number | null;
  readonly mostBuilds: number | null;
}

export interface RetentionDeps {
  readonly archive: Archive;
  /** Asked each time: the configuration may have changed. */
  readonly policy: () => RetentionPolicy;
  readonly now: Clock;
  readonly log: Log;
}

const EVERY_MS = 60_000;
/** Small enough that no delivery waits for it: some 10 ms. */
const BATCH = 100;
/** At a time; what is more is left for the next minute. */
const MOST_BATCHES = 50;
/** Whatever is new may still be replayed, or asked for its paths. */
const PACK_AFTER_MS = 60_000;

export interface Retention {
  /** Begins no further batch; resolves when the running one has ended. */
  stop(): Promise<void>;
}

/** Every minute, lets go of what is old enough. */
export function createRetention(deps: RetentionDeps): Retention {
  let stopped = false;
  const loop = createLoop(
    async () => void (await tidy(deps, () => stopped)),
    () => EVERY_MS,
    (error) => {
      if (!isKind(error, "conflict")) deps.log.warn({ error: explain(error) }, "cannot tidy up, will try again");
    },
  );
  return {
    stop() {
      stopped = true;
      return loop.stop();
    },
  };
}

/** One round; what it did. */
export async function tidy(
  { archive, policy, now, log }: RetentionDeps,
  isStopped: () => boolean = () => false,
): Promise<Readonly<Record<Kind | "packed", number>>> {
  const inBatches = async (batch: () => Promise<number>): Promise<number> => {
    let all = 0;
    for (let i = 0; i < MOST_BATCHES && !isStopped(); i++) {
      const done = await batch();
      all += done;
      if (done < BATCH) break;
    }
    return all;
  };
  const forget = async (kind: Kind, before: number | null) =>
    before === null ? 0 : inBatches(() => archive.forget(kind, before, BATCH));

  const packed = await inBatches(() => archive.pack(now() - PACK_AFTER_MS, BATCH));
  const { payloads, deliveries, builds, mostDeliveries, mostBuilds } = policy();
  const since = (age: number | null) => (age === null ? null : now() - age);
  const beyond = async (kind: "delivery" | "build", most: number | null) =>
    most === null ? null : archive.nthNewest(kind, most);
  const done = {
    packed,
    payload: await forget("payload", since(payloads)),
    delivery: await forget("delivery", later(since(deliveries), await beyond("delivery", mostDeliveries))),
    build: await forget("build", later(since(builds), await beyond("build", mostBuilds))),
  };
  if (done.payload + done.delivery + done.build > 0) {
    log.info(done, "let go of what was old");
    await archive.shrink();
  }
  return done;
}

/** Either may be without end. */
function later(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
