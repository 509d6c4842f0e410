import type { Task, TaskId } from "../domain/koji.ts";

/** The end of a log. */
export interface LogTail {
  readonly name: string;
  /** Bytes of the whole log. */
  readonly size: number;
  readonly text: string;
}

/**
 * What people look at on a hub, live. Reads only, beside the watcher and never in its way. Errors: `transient`, `auth`,
 * `rejected`.
 */
export interface HubInsight {
  /** Whom the hub takes us for; null where we only read. */
  whoami(): Promise<string | null>;
  /** `buildArch` tasks that wait for a builder, everybody's, oldest first; the first thousand. */
  waiting(): Promise<Task[]>;
  /** The end of that task's log that tells most now; null when it has none. */
  tail(task: TaskId, bytes: number): Promise<LogTail | null>;
  /** While the hub counts as down: when it is asked again, epoch milliseconds; else null. Asks nobody. */
  downUntil(): number | null;
}

/** What the forge last said of our rate limit. */
export interface Budget {
  readonly limit: number;
  readonly remaining: number;
  /** Epoch milliseconds; null when it did not say. */
  readonly resetAt: number | null;
  /** When it said so. */
  readonly at: number;
}
