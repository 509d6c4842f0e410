import { Buffer } from "node:buffer";
import { TASK_STATES, type Task } from "../../domain/koji.ts";
import { type From, toChoice, toInt, toOptionalInt, toOptionalText, toOptionalTime, toText } from "./shape.ts";

/** A task as getTaskInfo, listTasks, getTaskChildren and getTaskDescendents send it. */
export function toTask(from: From): Task {
  const label = toOptionalText(from, "label");
  return {
    id: toInt(from, "id"),
    parent: toOptionalInt(from, "parent"),
    method: keep(toText(from, "method")),
    state: toChoice(from, "state", TASK_STATES),
    label: label === null ? null : keep(label),
    arch: keep(toText(from, "arch")),
    createdAt: toOptionalTime(from, "create_ts"),
    startedAt: toOptionalTime(from, "start_ts"),
    finishedAt: toOptionalTime(from, "completion_ts"),
  };
}

/** A slice of 13 characters and more keeps the whole answer it was cut from in memory: tasks live longer than answers. */
function keep(text: string): string {
  return text.length < 13 ? text : Buffer.from(text).toString();
}
