import { Buffer } from "node:buffer";
import { KojibridgeError } from "../../domain/errors.ts";
import { TASK_STATES, type Task, type TaskState } from "../../domain/koji.ts";
import { type From, toInt, toOptionalInt, toOptionalText, toOptionalTime, toText } from "./shape.ts";

/** A task as getTaskInfo, listTasks, getTaskChildren and getTaskDescendents send it. */
export function toTask(from: From): Task {
  const label = toOptionalText(from, "label");
  return {
    id: toInt(from, "id"),
    parent: toOptionalInt(from, "parent"),
    method: keep(toText(from, "method")),
    state: toTaskState(from),
    label: label === null ? null : keep(label),
    arch: keep(toText(from, "arch")),
    createdAt: toOptionalTime(from, "create_ts"),
    startedAt: toOptionalTime(from, "start_ts"),
    finishedAt: toOptionalTime(from, "completion_ts"),
  };
}

function toTaskState(from: From): TaskState {
  const number = toInt(from, "state");
  const state = TASK_STATES[number];
  if (state !== undefined) return state;
  throw new KojibridgeError("invalid", `${from.method}: task state ${number} is not known`, { code: "koji.shape" });
}

/** A slice of 13 characters and more keeps the whole answer it was cut from in memory: tasks live longer than answers. */
function keep(text: string): string {
  return text.length < 13 ? text : Buffer.from(text).toString();
}
