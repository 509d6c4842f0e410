import type { Digest } from "./digest/types.ts";
import type { SessionId, Task, TaskId, TaskState } from "./koji.ts";

/** When the MR comment is written. */
export type CommentMode = "always" | "on_failure" | "never";

/** How macros get into a build (docs/macros.md). `auto`: the first that the hub, the target and our rights allow. */
export const MACRO_STRATEGIES = ["auto", "side_tag", "tag", "srpm"] as const;
export type MacroStrategy = (typeof MACRO_STRATEGIES)[number];

/** Who said a macro, weakest first. */
export const MACRO_LAYERS = ["repo", "rule", "repo_file", "command"] as const;
export type MacroLayer = (typeof MACRO_LAYERS)[number];

/** A macro override as it counts in the end, and who said it. */
export interface MacroOverride {
  readonly name: string;
  /** Null: what the target itself sets is to be taken away. */
  readonly value: string | null;
  readonly layer: MacroLayer;
}

/** What else the hub's `build()` takes (koji-facts, section 9). Unset keys are left out. */
export interface TaskOptions {
  readonly waitRepo?: boolean;
  /** NVRs. */
  readonly waitBuilds?: readonly string[];
  /** Relative to the hub's default; below 0 needs the permission `admin`. */
  readonly priority?: number;
  readonly channel?: string;
  readonly failFast?: boolean;
  readonly skipTag?: boolean;
  readonly draft?: boolean;
  readonly repoId?: number;
}

/** Where the commit of a real build has to be: the forge is asked, and again just before it is submitted. */
export interface Guard {
  readonly kind: "branch" | "tag";
  readonly name: string;
  /** For a tag that is not protected: branches by name, one of which has to be protected and to have the commit. */
  readonly branches: readonly string[];
  /** The operator does without protection: the commit has to be there all the same. */
  readonly unprotected: boolean;
}

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
  /** Null where nobody said which package it is: then it is the repo's name. */
  readonly package: string | null;
  /** Where in the repo its spec is. Absent: the package's name and `.spec`, in the folder that the source names. */
  readonly spec?: string;
  /** By name, each once; empty for a build without overrides. */
  readonly macros: readonly MacroOverride[];
  readonly strategy: MacroStrategy;
  readonly options: TaskOptions;
  /** The summary status does not turn red for it. */
  readonly optional: boolean;
  /** The NVR is there already, from the same commit: `adopt` it, or also `tag` it into the destination. */
  readonly onExisting: "adopt" | "tag";
  /** Null for scratch builds. */
  readonly guard: Guard | null;
  /** Code of a fork: somebody with write access has to allow it, or to have opened the merge request. */
  readonly approval: boolean;
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
  /** The process that sends it. Null once it has let go of it: then anybody may find out what became of it. */
  readonly by: string | null;
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

/** It waits for people: nothing is done until somebody allows it. */
export interface Hold {
  /** The only one so far: code of a fork that nobody with write access has looked at. */
  readonly reason: "approval";
}

/** How its macros got in: said on the merge request and in `plan`. */
export interface Carrier {
  readonly strategy: Exclude<MacroStrategy, "auto">;
  /** The target that is really built on; null for `srpm`. */
  readonly target: string | null;
  /** The tag that carries them; null for `srpm`. */
  readonly tag: string | null;
}

/** Why one failed child task failed. */
export interface TaskFailure {
  readonly task: TaskId;
  /** `srpm`, or the arch. */
  readonly arch: string;
  readonly digest: Digest;
}

/** A task of an earlier attempt that failed for no fault of the package. */
export interface Retry {
  readonly task: TaskId;
  /** One line. */
  readonly cause: string;
}

/** The Koji build that a real build made, or found. */
export interface Made {
  readonly buildId: number;
  readonly nvr: string;
  /** It was there before: somebody else's task made it. */
  readonly adopted: boolean;
  /** The task that puts it into the destination, where its own does not; null: not asked for. */
  readonly tagging: TaskId | null;
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
  readonly hold: Hold | null;
  readonly carrier: Carrier | null;
  /** Of a failed task, the one that tells most first. */
  readonly failures: readonly TaskFailure[];
  readonly retries: readonly Retry[];
  readonly made: Made | null;
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
