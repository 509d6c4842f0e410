import { createLeases } from "../app/leases.ts";
import { createWriters, leaseOfProcess, type Writers } from "../app/writers.ts";
import type { Held, LeaseStore } from "../ports/leases.ts";
import type { Log } from "../ports/runtime.ts";
import { createHolder } from "./holder.ts";

/** This process among the others of its database. */
export interface Presence {
  /** Resolves when the database was asked for the first time. */
  readonly ready: Promise<void>;
  readonly writers: Writers;
  /** Null while another process watches that hub. */
  watching(hub: string): Held | null;
  /** A task began there: its watcher, wherever it is, may be in a long pause. */
  watchSoon(hub: string): void;
  stop(): Promise<void>;
}

interface PresenceDeps {
  readonly store: LeaseStore;
  /** Asked whenever leases are renewed. */
  readonly hubs: () => readonly string[];
  readonly onNudge: (hub: string) => void;
  readonly log: Log;
}

export function startPresence({ store, hubs, onNudge, log }: PresenceDeps): Presence {
  const holder = createHolder();
  const leases = createLeases({
    store,
    holder,
    names: () => [leaseOfProcess(holder.name), ...hubs().map(leaseOfWatch)],
    onNudge(lease) {
      const hub = hubs().find((name) => leaseOfWatch(name) === lease);
      if (hub !== undefined) onNudge(hub);
    },
    log,
  });
  const watching = (hub: string) => leases.held(leaseOfWatch(hub));
  return {
    ready: leases.ready,
    writers: createWriters(holder, leases, store),
    watching,
    watchSoon(hub) {
      if (watching(hub) !== null) onNudge(hub);
      else
        store.nudge(leaseOfWatch(hub)).catch(() => log.debug({ hub }, "its watcher was not told; it looks by itself"));
    },
    stop: leases.stop,
  };
}

function leaseOfWatch(hub: string): string {
  return `watch ${hub}`;
}
