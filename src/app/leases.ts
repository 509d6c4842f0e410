import { explain } from "../domain/errors.ts";
import type { Held, LeaseStore, Renewed } from "../ports/leases.ts";
import type { Log } from "../ports/runtime.ts";
import { createLoop } from "./loop.ts";

/** A process that died is known to be dead after this; another one takes its place within one renewal more. */
const LEASE_MS = 6_000;
const RENEW_MS = 2_000;

/** This process, and what it knows of others. */
export interface Holder {
  /** No other process, before or after, has the same. */
  readonly name: string;
  /** Whether that other process has certainly ended. */
  isGone(holder: string): boolean;
}

export interface LeasesDeps {
  readonly store: LeaseStore;
  readonly holder: Holder;
  /** What it would do if nobody else does. */
  readonly names: () => readonly string[];
  /** Somebody has something to do for the holder of that lease. */
  readonly onNudge: (name: string) => void;
  readonly log: Log;
}

export interface Leases {
  /** What it may do now; null when another process does it, or the database has not answered for too long. */
  held(name: string): Held | null;
  /** Resolves when the database was asked for the first time. */
  readonly ready: Promise<void>;
  /** Gives all of them up. */
  stop(): Promise<void>;
}

/**
 * Keeps leases while the process lives. What is held here may be another's in the database, for a process may be paused at
 * any point: hence the tokens (docs/adr/0006-leases.md).
 */
export function createLeases({ store, holder, names, onNudge, log }: LeasesDeps): Leases {
  let held = new Map<string, Renewed>();
  let until = 0;
  const ready = Promise.withResolvers<void>();

  async function hold(): Promise<readonly Renewed[]> {
    const wanted = names();
    const ours = await store.hold(holder.name, wanted, LEASE_MS);
    if (ours.length === wanted.length) return ours;
    const gone = (await store.holders(wanted)).filter(holder.isGone);
    for (const other of gone) await store.release(other);
    return gone.length === 0 ? ours : store.hold(holder.name, wanted, LEASE_MS);
  }

  async function renew(): Promise<void> {
    // Before it is asked: the database counts from when it answers.
    const asked = performance.now();
    const renewed = new Map((await hold()).map((lease) => [lease.name, lease]));
    tell(held, renewed, log);
    const nudged = [...renewed.values()].filter(({ name, nudges }) => nudges !== (held.get(name)?.nudges ?? nudges));
    held = renewed;
    until = asked + LEASE_MS;
    for (const { name } of nudged) onNudge(name);
  }

  const loop = createLoop(
    () => renew().finally(ready.resolve),
    () => RENEW_MS,
    (error) => log.warn({ error: explain(error) }, "leases cannot be renewed, will retry"),
  );
  return {
    held: (name) => (performance.now() < until ? (held.get(name) ?? null) : null),
    ready: ready.promise,
    async stop() {
      await loop.stop();
      until = 0;
      await store
        .release(holder.name)
        .catch((error) => log.debug({ error: explain(error) }, "leases are left to run out"));
    },
  };
}

/** Those a process begins with are no news; one that it takes over is. */
function tell(before: ReadonlyMap<string, Held>, after: ReadonlyMap<string, Held>, log: Log): void {
  for (const [lease, { token }] of after) {
    if (before.get(lease)?.token === token) continue;
    if (before.size === 0) log.debug({ lease, token }, "lease taken");
    else log.info({ lease, token }, "lease taken");
  }
  for (const lease of before.keys()) if (!after.has(lease)) log.warn({ lease }, "lease lost to another process");
}
