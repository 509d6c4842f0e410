import { isStruct, type XmlRpcStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { TASK_STATES } from "../../../domain/koji.ts";
import type { Call, Core } from "../core.ts";
import { pythonError } from "../fault.ts";
import { repr, str, truthy } from "../python.ts";
import { applyQuery, sortColumns } from "../query.ts";
import { method } from "../registry.ts";
import type { TaskRow } from "../rows.ts";
import { taskColumns } from "../tasks.ts";
import type { Answer, AnswerStruct } from "../values.ts";
import { writeCall, writeFault, writeResult } from "../writer.ts";

export const listTasksMethods = [method("listTasks", "opts=None, queryOpts=None", listTasks)];

/** Unknown options are ignored in silence; wrong types are a database error, fault 1 (transcripts `listTasks-*`). */
function listTasks({ core }: Call, opts: XmlRpcValue, queryOpts: XmlRpcValue): Answer {
  const wanted = isStruct(opts) ? opts : {};
  const filters = [...readFilters(wanted), ...timeFilters(wanted)];
  const rows: AnswerStruct[] = [];
  for (const task of core.db.tasks.values())
    if (filters.every((matches) => matches(task))) rows.push(toRow(core, task, truthy(wanted.decode)));
  return applyQuery(rows, queryOpts);
}

type Filter = (task: TaskRow) => boolean;

const LISTS: Record<string, (task: TaskRow) => XmlRpcValue> = {
  arch: (task) => task.arch,
  state: (task) => TASK_STATES.indexOf(task.state),
};

const KEYS: Record<string, (task: TaskRow) => number | null> = {
  owner: (task) => task.owner,
  host_id: (task) => task.host,
  channel_id: (task) => task.channel,
  parent: (task) => task.parent,
};

function readFilters(opts: XmlRpcStruct): Filter[] {
  const filters: Filter[] = [];
  for (const [name, read] of Object.entries(LISTS)) {
    for (const [key, keep] of [
      [name, true],
      [`not_${name}`, false],
    ] as const) {
      const list = opts[key];
      if (list === undefined) continue;
      if (!Array.isArray(list)) throw databaseError("SyntaxError", `syntax error at or near "${repr(list)}"`);
      filters.push((task) => list.includes(read(task)) === keep);
    }
  }
  for (const [name, read] of Object.entries(KEYS)) {
    for (const [key, keep] of [
      [name, true],
      [`not_${name}`, false],
    ] as const)
      if (opts[key] !== undefined) filters.push(keyFilter(opts[key], read, keep));
  }
  if (opts.method !== undefined) filters.push((task) => task.method === opts.method);
  return filters;
}

function keyFilter(wanted: XmlRpcValue, read: (task: TaskRow) => number | null, keep: boolean): Filter {
  if (Array.isArray(wanted)) {
    const ids = new Set(wanted);
    return (task) => ids.has(read(task)) === keep;
  }
  if (wanted !== null && typeof wanted !== "number")
    throw databaseError("InvalidTextRepresentation", `invalid input syntax for type integer: "${str(wanted)}"`);
  return (task) => (read(task) === wanted) === keep;
}

function databaseError(type: string, text: string): Error {
  return pythonError(`psycopg2.errors.${type}`, text);
}

const TIMES: Record<string, readonly [(task: TaskRow) => number | null, "before" | "after"]> = {
  createdBefore: [(task) => task.created, "before"],
  createdAfter: [(task) => task.created, "after"],
  startedBefore: [(task) => task.started, "before"],
  startedAfter: [(task) => task.started, "after"],
  completeBefore: [(task) => task.completed, "before"],
  completeAfter: [(task) => task.completed, "after"],
  completedBefore: [(task) => task.completed, "before"],
  completedAfter: [(task) => task.completed, "after"],
};

function timeFilters(opts: XmlRpcStruct): Filter[] {
  return Object.entries(TIMES).flatMap(([key, [read, side]]) => {
    const limit = opts[key];
    if (limit === undefined || limit === null) return [];
    const ms = typeof limit === "string" ? parseTime(limit) : Number(limit) * 1000;
    return [
      (task: TaskRow) => {
        const time = read(task);
        return time !== null && (side === "before" ? time < ms : time > ms);
      },
    ];
  });
}

/** ISO, with a space or a T; without an offset it is UTC. */
function parseTime(text: string): number {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const ms = Date.parse(zoned.replace(" ", "T"));
  if (Number.isNaN(ms))
    throw databaseError("InvalidDatetimeFormat", `invalid input syntax for type timestamp with time zone: "${text}"`);
  return ms;
}

/** `owner_name` and `owner_type` come from the join. */
function toRow(core: Core, task: TaskRow, decode: boolean): AnswerStruct {
  return sortColumns({
    ...taskColumns(task),
    owner_name: core.db.users.get(task.owner)?.name ?? null,
    owner_type: 0,
    request: decode ? [...task.request] : writeCall(task.method, task.request),
    result: resultOf(task, decode),
  });
}

/** Decoded, a value is wrapped in a list and a fault is a struct (transcript `listTasks-failed-decode`). */
function resultOf({ result }: TaskRow, decode: boolean): Answer {
  if (result === undefined) return null;
  if ("value" in result) return decode ? [result.value] : writeResult(result.value);
  if (!decode) return writeFault(result.fault);
  return { faultCode: result.fault.code, faultString: result.fault.text };
}
