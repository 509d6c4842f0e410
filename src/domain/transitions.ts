import { backoff } from "./backoff.ts";
import { type Build, type Intent, isFinal, type Phase, type TaskView } from "./build.ts";
import type { TaskId } from "./koji.ts";

/** The state machine of a build: every change it can make, as functions from record to record. */

/** What reconcile does next with a build it has just loaded. */
export type Decision = "submit" | "recover" | "watch" | "wait" | "nothing";

/**
 * Level-triggered: only the record counts, never why we were woken. A build found `submitting` has an unknown outcome,
 * because whoever sends `build()` leaves that phase before it lets go of the key.
 */
export function decide(build: Build, now: number): Decision {
  if (isFinal(build.phase)) return "nothing";
  if (build.phase === "running") return "watch";
  if (build.wakeAt !== null && build.wakeAt > now) return "wait";
  return build.phase === "submitting" ? "recover" : "submit";
}

/** Saved before `build()` is sent. Due at once: if this process dies now, the next sweep recovers it. */
export function intending(build: Build, intent: Intent, now: number): Build {
  return { ...build, phase: "submitting", intent, wakeAt: now, updatedAt: now };
}

/** The hub has the task, new or adopted. */
export function started(build: Build, task: TaskId, now: number): Build {
  const view: TaskView = { id: task, state: "FREE", startedAt: null, finishedAt: null, children: [] };
  return { ...build, phase: "running", task: view, parked: null, tries: 0, wakeAt: null, updatedAt: now };
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

/** The outcome of `build()` is unknown and cannot be found out yet: ask again later, in the same phase. */
export function unsettled(build: Build, reason: string, now: number, jitter: number): Build {
  const since = build.parked?.reason === reason ? build.parked.since : now;
  return { ...later(build, now, jitter), parked: { reason, since } };
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

/** What the watcher saw. `reason` explains a failed task. */
export function observed(build: Build, view: TaskView, reason: string | null, now: number): Build {
  const seen: Build = { ...build, task: view, parked: null, updatedAt: now };
  if (view.state === "CLOSED") return finished(seen, "succeeded", now);
  if (view.state === "FAILED") return finished({ ...seen, reason }, "failed", now);
  if (view.state === "CANCELED") return finished({ ...seen, reason: "canceled on the hub" }, "canceled", now);
  return seen;
}

/** The task runs, but nobody can see how far it is. */
export function unseen(build: Build, reason: string, now: number): Build {
  return { ...build, parked: { reason, since: now }, updatedAt: now };
}

/** The hub does not know the task any more: nobody will ever tell how it ended. */
export function vanished(build: Build, now: number): Build {
  return finished({ ...build, reason: `the hub does not know task ${build.task?.id} any more` }, "expired", now);
}

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

function facts({ phase, reason, parked, task, request }: Build): string {
  const children = task?.children.map(({ id, state, label }) => [id, state, label]);
  return JSON.stringify([phase, reason, parked?.reason, task?.id, task?.state, children, request.context]);
}
