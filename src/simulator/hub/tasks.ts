import type { XmlRpcValue } from "../../adapters/koji/xmlrpc.ts";
import { isFinalTaskState, TASK_STATES } from "../../domain/koji.ts";
import type { Core } from "./core.ts";
import { changed, nextId } from "./database.ts";
import { genericError } from "./fault.ts";
import type { TaskRow } from "./rows.ts";
import { formatTime, formatTimeOrNil, toSeconds, toSecondsOrNil } from "./time.ts";
import { type AnswerStruct, float } from "./values.ts";

export interface NewTask {
  readonly method: string;
  readonly request: readonly XmlRpcValue[];
  readonly owner: number;
  readonly parent?: TaskRow;
  readonly label?: string;
  readonly arch?: string;
  readonly channel?: number;
  readonly priority?: number;
}

/** koji.PRIO_DEFAULT. */
export const DEFAULT_PRIORITY = 20;

/** The request is kept as it was sent (transcripts, "Builds and tasks"). */
export function createTask(core: Core, task: NewTask): TaskRow {
  const { db, clock } = core;
  const { method, request, parent } = task;
  const origin = { method, request, parent: parent?.id ?? null, label: task.label ?? null };
  const row: TaskRow = {
    id: nextId(db, "task", origin),
    ...origin,
    owner: task.owner,
    arch: task.arch ?? "noarch",
    channel: task.channel ?? parent?.channel ?? 1,
    priority: task.priority ?? (parent === undefined ? DEFAULT_PRIORITY : parent.priority - 1),
    state: "FREE",
    host: null,
    waiting: null,
    awaited: null,
    created: clock.now(),
    started: null,
    completed: null,
    result: undefined,
    output: [],
  };
  db.tasks.set(row.id, row);
  db.children.set(row.id, []);
  if (parent !== undefined) db.children.get(parent.id)?.push(row.id);
  changed(db);
  core.taskCreated(row);
  return row;
}

export function childrenOf(core: Core, id: number): TaskRow[] {
  const ids = core.db.children.get(id) ?? [];
  return ids.flatMap((child) => core.db.tasks.get(child) ?? []);
}

export function isFinished(task: TaskRow): boolean {
  return isFinalTaskState(task.state);
}

/** Ends a task that is running; does nothing to one that has ended already, as `Task.cancel` (transcript `cancelTask-closed`). */
export function cancelTask(core: Core, task: TaskRow, recurse: boolean): void {
  if (isFinished(task)) return;
  endTask(core, task, "CANCELED", undefined);
  if (recurse) for (const child of childrenOf(core, task.id)) cancelTask(core, child, true);
}

export function endTask(
  core: Core,
  task: TaskRow,
  state: "CLOSED" | "FAILED" | "CANCELED",
  result: TaskRow["result"],
): void {
  task.state = state;
  task.completed = core.clock.now();
  task.result = result;
  changed(core.db);
  core.taskEnded(task);
}

/** The hub's columns of a task, in the hub's order: sorted by name. */
export function taskColumns(task: TaskRow): AnswerStruct {
  return {
    arch: task.arch,
    awaited: task.awaited,
    channel_id: task.channel,
    completion_time: formatTimeOrNil(task.completed),
    completion_ts: toSecondsOrNil(task.completed),
    create_time: formatTime(task.created),
    create_ts: toSeconds(task.created),
    host_id: task.host,
    id: task.id,
    label: task.label,
    method: task.method,
    owner: task.owner,
    parent: task.parent,
    priority: task.priority,
    start_time: formatTimeOrNil(task.started),
    start_ts: toSecondsOrNil(task.started),
    state: TASK_STATES.indexOf(task.state),
    waiting: task.waiting,
    weight: float(1),
  };
}

/** @throws GenericError 1000 with the hub's own words for a missing task */
export function requireTask(core: Core, id: number, words = "query returned no rows"): TaskRow {
  const task = core.db.tasks.get(id);
  if (task === undefined) throw genericError(words);
  return task;
}
