import type { SessionId } from "../domain/koji.ts";
import type { SideTag } from "../domain/sidetag.ts";

export interface HubSideTag {
  /** Grows: a later one has a higher id. */
  readonly id: number;
  /** Also the name of its target. */
  readonly name: string;
}

/** Side tags of ours on one hub. Errors of every method: `transient`, `throttled`, `auth`, `rejected`. */
export interface SideTagKeeper {
  /**
   * Sends createSideTag() on exactly that session.
   * @throws `ambiguous` the answer was lost: fence, then look
   * @throws `conflict` that session is not the one in use any more; not executed
   * @throws `transient` it was certainly not executed
   */
  createSideTag(session: SessionId, base: string): Promise<HubSideTag>;
  /** Ours of that base tag, oldest first. */
  sideTagsOf(base: string): Promise<HubSideTag[]>;
  /** The macros it sets itself; null if there is no such tag any more. */
  sideTagMacros(name: string): Promise<Readonly<Record<string, string>> | null>;
  /** Whether nothing was ever built into it. */
  isEmptyTag(name: string): Promise<boolean>;
  /** Makes its own macros exactly these. Idempotent. */
  setSideTagMacros(name: string, macros: Readonly<Record<string, string>>): Promise<void>;
  /** Idempotent: one that is not there is removed. */
  removeSideTag(name: string): Promise<void>;
}

/** Errors as of every store method: `transient`, `bug`. */
export interface SideTagStore {
  sidetag(id: string): Promise<SideTag | null>;
  /**
   * That build needs this side tag, in one transaction: makes the record, or takes the one that is there, wanting it again
   * if it is gone. The answer is the record as it is now; a refusal counts for builds that waited when it was made.
   * @throws `conflict` when nobody wants that build, or that attempt of it, any more
   */
  wantSideTag(wanted: SideTag, build: { readonly id: string; readonly attempt: number }): Promise<SideTag>;
  /**
   * Saves what was loaded at `revision`. `news` makes the builds that wait for it due, in the same transaction.
   * @throws `conflict` when the record moved since it was loaded
   */
  saveSideTag(tag: SideTag, news: boolean): Promise<SideTag>;
  /** The same for one that gets its intent; null if another one of that hub and base has one. */
  claimSideTag(tag: SideTag): Promise<SideTag | null>;
  /** Names of all side tags of that hub that a record knows. */
  sideTagNames(hub: string): Promise<ReadonlySet<string>>;
  /** How many builds whose tasks may still run there. */
  sideTagUsers(id: string): Promise<number>;
}
