import type { Build, Phase } from "./build.ts";
import { formatDuration } from "./duration.ts";
import type { Task } from "./koji.ts";

/** The states every forge can be told, before each forge's own words. */
export type CommitState = "pending" | "running" | "success" | "failure" | "error" | "canceled";

export interface CommitStatus {
  readonly context: string;
  readonly state: CommitState;
  /** One line; the forge adapters cut it to what theirs takes. */
  readonly description: string;
  readonly targetUrl: string | null;
}

const STATES: Readonly<Record<Phase, CommitState>> = {
  queued: "pending",
  preparing: "pending",
  submitting: "pending",
  running: "running",
  succeeded: "success",
  failed: "failure",
  canceled: "canceled",
  superseded: "canceled",
  // Not the packager's fault, and nobody knows better.
  expired: "error",
};

/** `webUrl` is the hub's web interface, which shows the task; null where there is none. */
export function toStatus(build: Build, context: string, webUrl: string | null): CommitStatus {
  return {
    context,
    state: STATES[build.phase],
    description: describe(build),
    targetUrl: taskUrl(build.task?.id ?? null, webUrl),
  };
}

export function taskUrl(task: number | null, webUrl: string | null): string | null {
  return task === null || webUrl === null ? null : `${webUrl.replace(/\/+$/, "")}/taskinfo?taskID=${task}`;
}

/** What the status says after its state. No running clock in it: a status changes when something happened. */
export function describe(build: Build): string {
  switch (build.phase) {
    case "queued":
    case "preparing":
    case "submitting":
      if (build.hold !== null) return "waiting for `/koji approve` by somebody with write access";
      return build.parked === null ? "accepted" : `waiting: ${build.parked.reason}`;
    case "running":
      return describeRunning(build);
    case "succeeded":
      return ["built", describeArches(build), took(build)].filter(Boolean).join(" ");
    default:
      // The arches first: forges cut a long reason.
      return [describeArches(build), build.reason ?? build.phase].filter(Boolean).join(": ");
  }
}

function describeRunning(build: Build): string {
  const task = build.task;
  if (build.ending !== null)
    return [`canceling: ${build.ending.reason}`, describeArches(build)].filter(Boolean).join("; ");
  if (build.parked !== null) return [build.parked.reason, describeArches(build)].filter(Boolean).join("; ");
  if (task === null || task.state === "FREE" || task.state === "ASSIGNED") return "waiting for a builder";
  return describeArches(build) || (preparing(task.children) ? "making the SRPM" : "building");
}

function preparing(children: readonly Task[]): boolean {
  return children.some((child) => child.label === "srpm");
}

/** `x86_64 ok 3m, aarch64 building`: one item per buildArch. */
function describeArches(build: Build): string {
  return archTasks(build)
    .map((task) => `${archOf(task)} ${formatTask(task)}`)
    .join(", ");
}

/** The buildArch children in a fixed order: the hub has none. */
export function archTasks(build: Build): Task[] {
  const children = build.task?.children ?? [];
  return children
    .filter((child) => child.method === "buildArch")
    .toSorted((a, b) => compare(archOf(a), archOf(b)) || a.id - b.id);
}

/** A buildArch is labelled with its arch; `task.arch` is where it runs, which for noarch is any. */
export function archOf(task: Task): string {
  return task.label ?? task.arch;
}

const WORDS = {
  FREE: "waiting",
  ASSIGNED: "waiting",
  OPEN: "building",
  CLOSED: "ok",
  CANCELED: "canceled",
  FAILED: "failed",
} as const;

export function formatTask(task: Task): string {
  const time = task.startedAt === null || task.finishedAt === null ? "" : task.finishedAt - task.startedAt;
  return time === "" || task.state === "CANCELED" ? WORDS[task.state] : `${WORDS[task.state]} ${formatDuration(time)}`;
}

function took(build: Build): string {
  const task = build.task;
  if (task === null || task.startedAt === null || task.finishedAt === null) return "";
  return `in ${formatDuration(task.finishedAt - task.startedAt)}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
