import type { LogFile, LogRange } from "../domain/digest/types.ts";
import type { SessionId, Task, TaskId } from "../domain/koji.ts";
import type { HubFacts, TagEditor } from "./hub-facts.ts";
import type { SideTagKeeper } from "./sidetags.ts";

/** One `build()` call, positional arguments of the hub method. */
export interface Submission {
  readonly source: string;
  readonly target: string;
  /** Koji's opts struct; the marker travels in `custom_user_metadata`. */
  readonly opts: Readonly<Record<string, unknown>>;
  /** Added to Koji's usual one. */
  readonly priority?: number;
  readonly channel?: string;
}

/** A build task of ours, found again on the hub. */
export interface MarkedTask {
  readonly task: Task;
  /** `opts.custom_user_metadata` of its request, or null. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

export interface SessionInfo {
  readonly id: SessionId;
  /** The hub's clock, epoch milliseconds. */
  readonly hubTime: number;
}

/**
 * Submitting exactly once. Errors of every method: `transient` (hub unreachable, offline; nothing was sent),
 * `throttled`, `auth`.
 */
export interface BuildSubmitter {
  /** The session that would carry the next write; logs in if there is none. */
  session(): Promise<SessionInfo>;
  /**
   * Sends `build()` on exactly that session.
   * @throws `ambiguous` the answer was lost or the call was committed earlier (1009): fence, then find
   * @throws `conflict` that session is not the one in use any more; not executed, take the new one
   * @throws `transient` it was certainly not executed
   * @throws `rejected` the hub refused it at once (priority, channel, permission)
   */
  submit(session: SessionId, submission: Submission): Promise<TaskId>;
  /**
   * Closes that session and returns only when no call of it can be in flight any more (koji-facts, section 16).
   * Idempotent; waits as long as the hub needs.
   */
  fence(session: SessionId): Promise<void>;
  /** Cancels the task and all below it. Idempotent; does nothing to a finished one. */
  cancel(task: TaskId): Promise<void>;
  /** Our own top-level build tasks created since then, oldest first. */
  submittedSince(hubTime: number): Promise<MarkedTask[]>;
}

/** Watching all builds of one hub together. Reads only; errors: `transient`, `auth`. */
export interface TaskWatch {
  /** Our own top-level build tasks that are not finished. One cheap query. */
  active(): Promise<Task[]>;
  /** In the order asked; null where the hub has no such task. */
  tasks(ids: readonly TaskId[]): Promise<(Task | null)[]>;
  /** The children of all of these, in no order. */
  children(parents: readonly TaskId[]): Promise<Task[]>;
  /** The faults failed tasks ended with, as the builder said it, in the order asked; null where the hub has none. */
  failures(ids: readonly TaskId[]): Promise<(string | null)[]>;
}

/** What tasks wrote: the logs are on the children of a build. Reads only; errors as in TaskWatch, and `rejected`. */
export interface LogReader {
  /** Empty for a task that wrote none, or whose files the hub has deleted. */
  logs(task: TaskId): Promise<LogFile[]>;
  /** Those bytes; fewer at the end of the file. @throws `rejected` if there is no such file any more */
  log(task: TaskId, range: LogRange): Promise<Uint8Array>;
}

export type Hub = BuildSubmitter & TaskWatch & LogReader & SideTagKeeper & HubFacts & TagEditor;
