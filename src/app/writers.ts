import type { LeaseStore } from "../ports/leases.ts";
import type { Holder, Leases } from "./leases.ts";

/** Which process sends a build's `build()`: what its intent is signed with. */
export interface Writers {
  /** This process, while the others know that it lives; else it begins nothing. */
  me(): string | null;
  isLiving(writer: string): Promise<boolean>;
}

export const leaseOfProcess = (writer: string) => `process ${writer}`;

export function createWriters(holder: Holder, leases: Leases, store: LeaseStore): Writers {
  return {
    me: () => (leases.held(leaseOfProcess(holder.name)) === null ? null : holder.name),
    isLiving: async (writer) => !holder.isGone(writer) && (await store.isHeld(leaseOfProcess(writer))),
  };
}
