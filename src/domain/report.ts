import type { Build, Phase } from "./build.ts";
import type { Annotation } from "./digest/types.ts";
import { formatDuration } from "./duration.ts";
import type { Task } from "./koji.ts";
import { EN, inLanguage, say, type Words } from "./words/words.ts";

/** The states every forge can be told, before each forge's own words. `skipped`: nothing was to be built, and that is fine. */
export type CommitState = "pending" | "running" | "success" | "failure" | "error" | "canceled" | "skipped";

/** What there is to read behind a status, where a forge has room for it. Markdown, escaped already. */
export interface StatusPage {
  readonly title: string;
  readonly summary: string;
  readonly text: string | null;
  /** Of files of the repo. */
  readonly annotations: readonly Annotation[];
}

export interface CommitStatus {
  readonly context: string;
  readonly state: CommitState;
  /** One line; the forge adapters cut it to what theirs takes. */
  readonly description: string;
  readonly targetUrl: string | null;
  /** What the buttons beside it are about; none without. */
  readonly build?: string | null;
  readonly page?: StatusPage | null;
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
export function toStatus(build: Build, context: string, webUrl: string | null, words: Words = EN): CommitStatus {
  return {
    context,
    state: isInfraFailure(build) ? "error" : STATES[build.phase],
    description: describe(build, words),
    targetUrl: taskUrl(build.task?.id ?? null, webUrl) ?? madeUrl(build, webUrl),
    build: build.id,
  };
}

/** Nothing of the package failed, and that is known. */
export function isInfraFailure({ phase, failures }: Build): boolean {
  return phase === "failed" && failures.length > 0 && failures.every(({ digest }) => digest.infra);
}

/** The page of the Koji build: of one that was there before there is no task of ours. */
function madeUrl({ made }: Build, webUrl: string | null): string | null {
  return made === null || webUrl === null ? null : `${webUrl.replace(/\/+$/, "")}/buildinfo?buildID=${made.buildId}`;
}

export function taskUrl(task: number | null, webUrl: string | null): string | null {
  return task === null || webUrl === null ? null : `${webUrl.replace(/\/+$/, "")}/taskinfo?taskID=${task}`;
}

/** What the status says after its state: one line. No running clock in it: a status changes when something happened. */
export function describe(build: Build, words: Words = EN): string {
  switch (build.phase) {
    case "queued":
    case "preparing":
    case "submitting":
      return describeWaiting(build, words);
    case "running":
      return describeRunning(build, words);
    case "succeeded":
      if (build.made?.adopted) return say(words, "adopted", { nvr: build.made.nvr });
      return [words.built, describeArches(build, words), took(build, words)].filter(Boolean).join(" ");
    default:
      // The arches first: forges cut a long reason.
      return [describeArches(build, words), describeEnd(build, words)].filter(Boolean).join(": ");
  }
}

function describeWaiting({ hold, parked }: Build, words: Words): string {
  if (hold !== null) return words.held;
  return parked === null ? words.accepted : say(words, "waiting", { reason: inLanguage(words, parked.reason) });
}

/** How it ended, without its arches. */
export function describeEnd(build: Build, words: Words = EN): string {
  const reason = build.phase === "succeeded" ? "" : inLanguage(words, toLine(build.reason ?? ""));
  if (reason === "") return words[PHASE_WORDS[build.phase]];
  return isInfraFailure(build) ? say(words, "infra", { cause: reason }) : reason;
}

const PHASE_WORDS = {
  queued: "accepted",
  preparing: "accepted",
  submitting: "accepted",
  running: "building",
  succeeded: "built",
  failed: "failed",
  canceled: "canceled",
  superseded: "superseded",
  expired: "expired",
} as const;

function toLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function describeRunning(build: Build, words: Words): string {
  const { task, ending, parked } = build;
  const arches = describeArches(build, words);
  if (ending !== null) {
    const reason = inLanguage(words, ending.reason);
    return [say(words, "canceling", { reason }), arches].filter(Boolean).join("; ");
  }
  if (parked !== null) return [inLanguage(words, parked.reason), arches].filter(Boolean).join("; ");
  if (task === null || task.state === "FREE" || task.state === "ASSIGNED") return words.no_builder;
  return arches || (preparing(task.children) ? words.making_srpm : words.building);
}

function preparing(children: readonly Task[]): boolean {
  return children.some((child) => child.label === "srpm");
}

/** `x86_64 ok 3m, aarch64 building`: one item per buildArch. */
function describeArches(build: Build, words: Words): string {
  return archTasks(build)
    .map((task) => `${archOf(task)} ${formatTask(task, words)}`)
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

const TASK_WORDS = {
  FREE: "task_waiting",
  ASSIGNED: "task_waiting",
  OPEN: "task_building",
  CLOSED: "task_ok",
  CANCELED: "task_canceled",
  FAILED: "task_failed",
} as const;

export function formatTask(task: Task, words: Words = EN): string {
  const word = words[TASK_WORDS[task.state]];
  const time = timeOf(task);
  return time === null || task.state === "CANCELED" ? word : `${word} ${time}`;
}

/** How long it ran; null until it is over. */
export function timeOf({ startedAt, finishedAt }: Pick<Task, "startedAt" | "finishedAt">): string | null {
  return startedAt === null || finishedAt === null ? null : formatDuration(finishedAt - startedAt);
}

function took({ task }: Build, words: Words): string {
  const time = task === null ? null : timeOf(task);
  return time === null ? "" : say(words, "took", { time });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
