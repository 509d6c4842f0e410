/** Koji's words. State numbers: koji.TASK_STATES (koji-facts, section 8). */
export type TaskId = number;
export type SessionId = number;

export const TASK_STATES = ["FREE", "OPEN", "CLOSED", "CANCELED", "ASSIGNED", "FAILED"] as const;
export type TaskState = (typeof TASK_STATES)[number];

export function isFinalTaskState(state: TaskState): boolean {
  return state === "CLOSED" || state === "CANCELED" || state === "FAILED";
}

/** A task as a status needs it. Times are epoch milliseconds. */
export interface Task {
  readonly id: TaskId;
  readonly parent: TaskId | null;
  readonly method: string;
  readonly state: TaskState;
  /** `srpm`, `tag`, or the arch of a buildArch; null for a top-level task. */
  readonly label: string | null;
  readonly arch: string;
  readonly createdAt: number | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}
