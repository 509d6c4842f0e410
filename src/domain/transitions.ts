import { backoff } from "./backoff.ts";
import {
  type Build,
  type Ending,
  type Intent,
  isFinal,
  type Made,
  type Phase,
  type Retry,
  type TaskFailure,
  type TaskView,
} from "./build.ts";
import type { TaskId } from "./koji.ts";
import { EN, say } from "./words/words.ts";

/** The state machine of a build: every change it can make, as functions from record to record. */

/** What reconcile does next with a build it has just loaded. */
export type Decision = "submit" | "recover" | "watch" | "explain" | "finish" | "cancel" | "end" | "wait" | "nothing";

/**
 * Level-triggered: only the record counts, never why we were woken. A build found `submitting` has an unknown outcome,
 * because whoever sends `build()` leaves that phase before it lets go of the key.
 */
export function decide(build: Build, now: number): Decision {
  if (isFinal(build.phase)) return "nothing";
  if (build.hold !== null && build.ending === null) return "wait";
  const isOver = build.task?.state === "FAILED" || build.task?.state === "CLOSED";
  if (build.phase === "running" && build.ending === null && !isOver) return "watch";
  if (build.wakeAt !== null && build.wakeAt > now) return "wait";
  if (build.phase === "running") return isOver ? (build.task?.state === "FAILED" ? "explain" : "finish") : "cancel";
  if (build.phase === "submitting") return "recover";
  return build.ending === null ? "submit" : "end";
}

/** What it needs on the hub and the forge is being looked at or made. Due at once, should this process die. */
export function preparing(build: Build, now: number): Build {
  return build.phase === "preparing" ? build : { ...build, phase: "preparing", wakeAt: now, updatedAt: now };
}

/** Saved before `build()` is sent. Due at once: if this process dies now, the next sweep recovers it. */
export function intending(build: Build, intent: Intent, now: number): Build {
  return { ...build, phase: "submitting", intent, wakeAt: now, updatedAt: now };
}

/** The hub has the task, new or adopted. */
export function started(build: Build, task: TaskId, now: number): Build {
  const view: TaskView = { id: task, state: "FREE", startedAt: null, finishedAt: null, children: [] };
  const wakeAt = build.ending === null ? null : now;
  return { ...build, phase: "running", task: view, parked: null, tries: 0, wakeAt, updatedAt: now };
}

/** `build()` certainly did not happen: wait, then try again, for as long as it takes. */
export function parked(build: Build, reason: string, now: number, jitter: number): Build {
  const since = build.parked?.reason === reason ? build.parked.since : now;
  return {
    ...later(build, now, jitter),
    phase: "queued",
    intent: null,
    parked: { reason, since },
  };
}

/** The outcome of `build()` is unknown and cannot be found out yet: whoever comes asks again later, in the same phase. */
export function unsettled(build: Build, reason: string, now: number, jitter: number): Build {
  const since = build.parked?.reason === reason ? build.parked.since : now;
  const intent = build.intent && { ...build.intent, by: null };
  return { ...later(build, now, jitter), intent, parked: { reason, since } };
}

/**
 * The hub never took it (fenced and looked, or never sent), so it is safe to submit again. `tries` stays: a hub that
 * loses every answer is asked ever more slowly.
 */
export function unsubmitted(build: Build, now: number): Build {
  return { ...build, phase: "queued", intent: null, parked: null, wakeAt: now, updatedAt: now };
}

/** The hub will never take it. */
export function refused(build: Build, reason: string, now: number): Build {
  return finished({ ...build, reason, intent: null }, "failed", now);
}

/** What the watcher saw. A failed task is not the end: why it failed is found out first; `fault` is what the hub says. */
export function observed(build: Build, view: TaskView, fault: string | null, now: number): Build {
  const seen: Build = { ...build, task: view, parked: null, updatedAt: now };
  // What a real build made is asked for first.
  if (view.state === "CLOSED") return build.request.scratch ? succeeded(seen, now) : { ...seen, tries: 0, wakeAt: now };
  if (view.state === "FAILED") return { ...seen, reason: fault, tries: 0, wakeAt: now };
  if (view.state !== "CANCELED") return seen;
  return seen.ending === null ? finished({ ...seen, reason: EN.why_canceled }, "canceled", now) : ended(seen, now);
}

export function succeeded(build: Build, now: number): Build {
  return finished({ ...build, reason: null }, "succeeded", now);
}

/** Built, but not yet where it belongs. */
export function tagging(build: Build, made: Made, tag: string, wait: number, now: number): Build {
  const parked = { reason: say(EN, "why_tagging", { tag }), since: build.parked?.since ?? now };
  return { ...build, made, parked, tries: build.tries + 1, wakeAt: now + wait, updatedAt: now };
}

/** Nobody could read why it failed, this time: once more a bit later. */
export function unexplained(build: Build, wait: number, now: number): Build {
  return { ...build, tries: build.tries + 1, wakeAt: now + wait, updatedAt: now };
}

/** It failed, and this is why, the failure that tells most first; without any, what the hub said has to do. */
export function explained(build: Build, failures: readonly TaskFailure[], now: number): Build {
  return finished({ ...build, failures, reason: failures[0]?.digest.cause ?? build.reason }, "failed", now);
}

/** No fault of the package: the next attempt, with a task of its own, after `wait`. What is parked is said meanwhile. */
export function reattempted(build: Build, retry: Retry, said: string, wait: number, now: number): Build {
  const next = { ...build, ...FRESH, attempt: build.attempt + 1, retries: [...build.retries, retry], tries: 0 };
  return { ...next, parked: { reason: said, since: now }, wakeAt: now + wait, updatedAt: now };
}

/** The task runs, but nobody can see how far it is. */
export function unseen(build: Build, reason: string, now: number): Build {
  return { ...build, parked: { reason, since: now }, updatedAt: now };
}

/** Nobody wants it any more; what runs on the hub is canceled first. */
export function ending(build: Build, wish: Omit<Ending, "again">, now: number): Build {
  return { ...build, ending: { ...wish, again: false }, wakeAt: now, updatedAt: now };
}

/** The hub was told to cancel the task; the watcher will see it end. Told again, should it not. */
export function canceling(build: Build, now: number): Build {
  return { ...build, wakeAt: now + CANCEL_AGAIN_MS, updatedAt: now };
}

/** It ended as it was to end, and starts once more if it was asked for meanwhile. */
export function ended(build: Build, now: number): Build {
  if (build.ending === null) return build;
  const { phase, reason, again } = build.ending;
  const over = finished({ ...build, reason, intent: null }, phase, now);
  return again ? reordered(over, now) : over;
}

/** Asked for by another delivery. Only what ended because nobody wanted it starts again; everything else is shared. */
export function reordered(build: Build, now: number): Build {
  if (build.ending === null) return build;
  if (!isFinal(build.phase)) return { ...build, ending: { ...build.ending, again: true }, updatedAt: now };
  return { ...build, ...FRESH, attempt: build.attempt + 1, wakeAt: now, updatedAt: now };
}

/** Somebody asked for it once more. What is under way, and a real build that is made, stay as they are. */
export function again(build: Build, now: number): Build {
  if (!isFinal(build.phase)) return build;
  if (build.phase === "succeeded" && !build.request.scratch) return build;
  return { ...build, ...FRESH, attempt: build.attempt + 1, wakeAt: now, updatedAt: now };
}

/** Somebody with write access has looked at it. */
export function approved(build: Build, now: number): Build {
  if (build.hold === null) return build;
  return { ...build, hold: null, wakeAt: isFinal(build.phase) ? null : now, updatedAt: now };
}

/** The hub does not know the task any more: nobody will ever tell how it ended. */
export function vanished(build: Build, now: number): Build {
  return finished({ ...build, reason: say(EN, "why_vanished", { task: build.task?.id ?? 0 }) }, "expired", now);
}

/** What an attempt begins with: nothing of an earlier one. */
export const FRESH = {
  phase: "queued",
  intent: null,
  ending: null,
  carrier: null,
  failures: [],
  retries: [],
  made: null,
  task: null,
  reason: null,
  finishedAt: null,
} as const;

const CANCEL_AGAIN_MS = 30_000;

function later(build: Build, now: number, jitter: number): Build {
  return { ...build, tries: build.tries + 1, wakeAt: now + backoff(build.tries, jitter), updatedAt: now };
}

function finished(build: Build, phase: Phase, now: number): Build {
  return { ...build, phase, parked: null, tries: 0, wakeAt: null, updatedAt: now, finishedAt: now };
}

/** Whether people would read anything new: what changes nothing they see makes no status and no comment due. */
export function looksSame(a: Build, b: Build): boolean {
  return facts(a) === facts(b);
}

function facts({ phase, reason, parked, task, request, ending, attempt, ...details }: Build): string {
  const children = task?.children.map(({ id, state, label }) => [id, state, label]);
  const { hold, carrier, failures, retries, made } = details;
  const words = [phase, reason, parked?.reason, ending?.reason, attempt, hold, carrier, failures, retries, made];
  return JSON.stringify([words, task?.id, task?.state, children]);
}
