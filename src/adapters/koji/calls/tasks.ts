import type { Task, TaskId, TaskState } from "../../../domain/koji.ts";
import { TASK_STATES } from "../../../domain/koji.ts";
import type { MarkedTask } from "../../../ports/hub.ts";
import type { Caller } from "../caller.ts";
import { faultLine, isFault } from "../faults.ts";
import { type From, toItems, toList, toListOf, toNullable, toStruct } from "../shape.ts";
import { toTask } from "../wire.ts";
import { isStruct, named, type XmlRpcValue } from "../xmlrpc.ts";
import { createMultiCalls } from "./multi.ts";

/** What listTasks can select by; only the ones big hubs have an index for (koji-facts, section 15). */
export interface TaskQuery {
  readonly method?: string;
  readonly owner?: number;
  readonly states?: readonly TaskState[];
  /** null: top-level tasks only. */
  readonly parent?: readonly TaskId[] | null;
  /** Epoch milliseconds, the hub's clock. Not indexed: only together with the others. */
  readonly createdAfter?: number;
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

export interface TaskCalls {
  /** In the order asked; null where there is no such task. */
  getTaskInfo(ids: readonly TaskId[]): Promise<(Task | null)[]>;
  /** Oldest first. */
  listTasks(query: TaskQuery, page?: Page): Promise<Task[]>;
  /** The same, with the metadata their submitter put into the request. */
  listMarkedTasks(query: TaskQuery, page?: Page): Promise<MarkedTask[]>;
  getTaskChildren(id: TaskId): Promise<Task[]>;
  /** Every task below `id`, whatever its depth. */
  getTaskDescendents(id: TaskId): Promise<Task[]>;
  getTaskResult(id: TaskId): Promise<TaskResult>;
  /** Of many tasks in few requests, in the order asked. */
  getTaskResults(ids: readonly TaskId[]): Promise<TaskResult[]>;
  /** Also cancels what is below it. Does nothing to a finished task (transcripts `cancelTask-closed`, `cancelTask-again`). */
  cancelTask(id: TaskId): Promise<void>;
}

/** How a task ended. `fault` has one line for people. */
export type TaskResult =
  | { readonly kind: "result"; readonly value: XmlRpcValue }
  | { readonly kind: "fault"; readonly code: number; readonly text: string }
  /** Cancelled, not finished or not there. */
  | { readonly kind: "none"; readonly text: string };

export function createTaskCalls(caller: Caller): TaskCalls {
  const { read, write } = caller;
  const { multiCall } = createMultiCalls(caller);
  return {
    async getTaskInfo(ids) {
      const infos = toList(await read("getTaskInfo", [...ids]), "getTaskInfo");
      return infos.map((info) => toNullable(info, "getTaskInfo", toTask));
    },
    async listTasks(query, page) {
      return toListOf(await read("listTasks", toOptions(query), toQueryOptions(page)), "listTasks", toTask);
    },
    async listMarkedTasks(query, page) {
      const options = { ...toOptions(query), decode: true };
      return toListOf(await read("listTasks", options, toQueryOptions(page)), "listTasks", toMarkedTask);
    },
    async getTaskChildren(id) {
      return toListOf(await read("getTaskChildren", id), "getTaskChildren", toTask);
    },
    async getTaskDescendents(id) {
      const { method, struct } = toStruct(await read("getTaskDescendents", id), "getTaskDescendents");
      return Object.values(struct).flatMap((children) => toListOf(children, method, toTask));
    },
    async getTaskResult(id) {
      return read("getTaskResult", ...toResultParams(id)).then(toResult, toNoResult);
    },
    async getTaskResults(ids) {
      const calls = ids.map((id) => ({ method: "getTaskResult", params: toResultParams(id) }));
      const outcomes = await multiCall(calls);
      return outcomes.map((outcome) => ("error" in outcome ? toNoResult(outcome.error) : toResult(outcome.value)));
    },
    async cancelTask(id) {
      await write("cancelTask", [id]);
    },
  };
}

function toOptions(query: TaskQuery): Record<string, unknown> {
  const { method, owner, states, parent, createdAfter } = query;
  return {
    ...(method === undefined ? {} : { method }),
    ...(owner === undefined ? {} : { owner }),
    ...(states === undefined ? {} : { state: states.map((state) => TASK_STATES.indexOf(state)) }),
    ...(parent === undefined ? {} : { parent }),
    ...(createdAfter === undefined ? {} : { createdAfter: createdAfter / 1000 }),
  };
}

function toQueryOptions(page: Page | undefined): Record<string, unknown> {
  return { order: "id", ...page };
}

function toResultParams(id: TaskId): readonly unknown[] {
  return [id, named({ raise_fault: false })];
}

/** raise_fault does not cover tasks without a result (transcript `getTaskResult-CANCELED-no-raise`). */
function toNoResult(error: unknown): TaskResult {
  if (!isFault(error, 1000)) throw error;
  return { kind: "none", text: String(error.context.text) };
}

function toResult(value: XmlRpcValue): TaskResult {
  if (!isStruct(value)) return { kind: "result", value };
  const { faultCode: code, faultString: text } = value;
  if (typeof code !== "number" || typeof text !== "string") return { kind: "result", value };
  return { kind: "fault", code, text: faultLine(text) };
}

/** `build` has [src, target, opts?] as its request, however it was called (transcript `getTaskInfo-named-args-request`). */
function toMarkedTask(from: From): MarkedTask {
  const opts = toItems(from, "request")[2];
  const metadata = isStruct(opts) ? opts.custom_user_metadata : undefined;
  return { task: toTask(from), metadata: isStruct(metadata) ? metadata : null };
}
