import type { SessionId, Task, TaskId, TaskState } from "./koji.ts";

/** When the MR comment is written. */
export type CommentMode = "always" | "on_failure" | "never";

/** What is wanted: one build on one target, as a rule asked for it. */
export interface BuildRequest {
  readonly rule: string;
  readonly hub: string;
  readonly target: string;
  readonly scratch: boolean;
  /** Koji's arch_override; empty means every arch of the target. */
  readonly arches: readonly string[];
  /** SCM URL as Koji takes it: `git+https://host/path.git#sha`. */
  readonly source: string;
  /** Commit status context. */
  readonly context: string;
  readonly comments: CommentMode;
}

export type Phase =
  | "queued"
  | "preparing"
  | "submitting"
  | "running"
  | "succeeded"
  | "failed"
  | "canceled"
  | "superseded"
  | "expired";

const FINAL: ReadonlySet<Phase> = new Set(["succeeded", "failed", "canceled", "superseded", "expired"]);

export function isFinal(phase: Phase): boolean {
  return FINAL.has(phase);
}

/** Saved before `build()` is sent, so that whoever finds the record later knows which session to fence (koji-facts, section 16). */
export interface Intent {
  readonly session: SessionId;
  /** The hub's clock when the intent was saved, epoch milliseconds: where to look for the task from. */
  readonly since: number;
  readonly attempt: number;
}

/** The last thing known of the Koji task. */
export interface TaskView {
  readonly id: TaskId;
  readonly state: TaskState;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly children: readonly Task[];
}

/** Why a build waits although nothing is wrong with it. */
export interface Parked {
  /** For people: "hub unavailable". */
  readonly reason: string;
  readonly since: number;
}

/** Somebody no longer wants it: how it is to end, and why. */
export interface Ending {
  readonly phase: "superseded" | "canceled";
  readonly reason: string;
  /** It was asked for again before it had ended: then it starts once more. */
  readonly again: boolean;
}

/** Our record. `revision` grows with every save; times are epoch milliseconds. */
export interface Build {
  /** Deterministic: the same commit, hub, target, scratch and options are the same build. */
  readonly id: string;
  readonly revision: number;
  /** The delivery that asked for it first. */
  readonly delivery: string;
  readonly phase: Phase;
  readonly forge: string;
  readonly repo: string;
  readonly sha: string;
  readonly request: BuildRequest;
  readonly intent: Intent | null;
  /** From 1; a build that ended and is asked for again is the next attempt, with a task of its own. */
  readonly attempt: number;
  readonly ending: Ending | null;
  readonly task: TaskView | null;
  /** One line for people: why it failed or was refused. */
  readonly reason: string | null;
  readonly parked: Parked | null;
  /** Failed tries since the last success; the back-off grows with it. */
  readonly tries: number;
  readonly wakeAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly finishedAt: number | null;
}
