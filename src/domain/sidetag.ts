import { backoff } from "./backoff.ts";
import type { SessionId } from "./koji.ts";

/**
 * - `wanted`    builds need it, and nothing of it is on the hub
 * - `creating`  its creation was sent, or it is there but its macros are not
 * - `ready`     builds can use it
 * - `removing`  nobody wants it any more
 * - `gone`      it is no more; or, with a reason, the hub never made it
 */
export type SideTagPhase = "wanted" | "creating" | "ready" | "removing" | "gone";

/** Saved before `createSideTag()` is sent. A side tag carries no mark: it is told by being newer than all we knew. */
export interface SideTagIntent {
  readonly session: SessionId;
  /** The highest id of our side tags of that base when the intent was saved; 0 for none. */
  readonly newest: number;
}

/** Whom it is for: one per repo, merge request or branch, and set of macros. */
export interface SideTagPlace {
  readonly forge: string;
  readonly repo: string;
  /** Null for a branch or tag. */
  readonly mr: number | null;
  /** `branch main`, `tag v1`; of a merge request `!7`. */
  readonly ref: string;
}

/** Our record of one side tag. `revision` grows with every save; times are epoch milliseconds. */
export interface SideTag {
  /** Deterministic: the same place, hub, base and macros are the same side tag. */
  readonly id: string;
  readonly revision: number;
  readonly place: SideTagPlace;
  readonly hub: string;
  /** The build tag it is made of. */
  readonly base: string;
  readonly macros: Readonly<Record<string, string>>;
  readonly phase: SideTagPhase;
  /** Of the tag and of its target, once it is known. */
  readonly name: string | null;
  /** Not null while a creation may be under way: there is at most one such record per hub and base. */
  readonly intent: SideTagIntent | null;
  /** Why the hub does not make it: one line for people. */
  readonly reason: string | null;
  readonly tries: number;
  readonly wakeAt: number | null;
  readonly usedAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** How often one that is ready is looked at: somebody may have removed or changed it. */
const LOOK_MS = 3_600_000;

export function toCreating(tag: SideTag, intent: SideTagIntent, now: number): SideTag {
  return { ...tag, phase: "creating", intent, wakeAt: now, updatedAt: now };
}

/** The hub has it, new or found again; its macros come next. */
export function named(tag: SideTag, name: string, now: number): SideTag {
  return { ...tag, name, intent: null, tries: 0, wakeAt: now, updatedAt: now };
}

/** Certainly nothing was made. */
export function notCreated(tag: SideTag, now: number): SideTag {
  return { ...tag, phase: tag.phase === "creating" ? "wanted" : tag.phase, intent: null, wakeAt: now, updatedAt: now };
}

/** Its macros are as wanted. Looked at again later, and at the end of its life at the latest. */
export function toReady(tag: SideTag, lifetime: number, now: number): SideTag {
  const wakeAt = Math.min(now + LOOK_MS, Math.max(now, tag.usedAt + lifetime));
  return { ...tag, phase: "ready", tries: 0, wakeAt, updatedAt: now };
}

export function isExpired(tag: SideTag, lifetime: number, now: number): boolean {
  return now >= tag.usedAt + lifetime;
}

export function toRemoving(tag: SideTag, reason: string | null, now: number): SideTag {
  return { ...tag, phase: "removing", reason, tries: 0, wakeAt: now, updatedAt: now };
}

export function toGone(tag: SideTag, now: number): SideTag {
  return { ...tag, phase: "gone", name: null, intent: null, tries: 0, wakeAt: null, updatedAt: now };
}

/** The hub will not make it: whoever waits for it reads why. */
export function refusedTag(tag: SideTag, reason: string, now: number): SideTag {
  return { ...toGone(tag, now), reason };
}

/** Wanted once more, after it was gone. */
export function revived(tag: SideTag, now: number): SideTag {
  return { ...toGone(tag, now), phase: "wanted", reason: null, wakeAt: now, usedAt: now };
}

export function later(tag: SideTag, now: number, jitter: number): SideTag {
  return { ...tag, tries: tag.tries + 1, wakeAt: now + backoff(tag.tries, jitter), updatedAt: now };
}
