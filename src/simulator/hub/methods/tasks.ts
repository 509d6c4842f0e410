import type { XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { assertLogin, assertPermission, type Call, type Core, hasPermission } from "../core.ts";
import { changed } from "../database.ts";
import { actionNotAllowed, genericError, HubFault } from "../fault.ts";
import { find } from "../find.ts";
import { str, toInt, truthy } from "../python.ts";
import { sortColumns } from "../query.ts";
import { method } from "../registry.ts";
import type { TaskRow } from "../rows.ts";
import { cancelTask, childrenOf, createTask, isFinished, requireTask, taskColumns } from "../tasks.ts";
import type { Answer, AnswerStruct } from "../values.ts";

export const taskMethods = [
  method("getTaskInfo", "task_id, request=False, strict=False", getTaskInfo),
  method("getTaskChildren", "task_id, request=False, strict=False", getTaskChildren),
  method("getTaskDescendents", "task_id, request=False", getTaskDescendents),
  method("getTaskRequest", "taskId", ({ core }, id) => [...requireTask(core, toInt(id)).request]),
  method("getTaskResult", "taskId, raise_fault=True", getTaskResult),
  method("taskFinished", "taskId", ({ core }, id) => isFinished(requireTask(core, toInt(id)))),
  method("cancelTask", "task_id, recurse=True", cancel),
  method("cancelTaskFull", "task_id, strict=True", cancelFull),
  method("cancelTaskChildren", "task_id", cancelChildren),
  method("resubmitTask", "taskID", resubmitTask),
  method("assignTask", "task_id, host, force=False, override=False", assignTask),
  method("setTaskPriority", "task_id, priority, recurse=True", setTaskPriority),
];

function getTaskInfo({ core }: Call, ids: XmlRpcValue, request: XmlRpcValue, strict: XmlRpcValue): Answer {
  const one = (key: XmlRpcValue): Answer => {
    const id = toInt(key);
    const task = truthy(strict) ? requireTask(core, id) : core.db.tasks.get(id);
    if (task === undefined) return null;
    return truthy(request) ? { ...taskColumns(task), request: [...task.request] } : taskColumns(task);
  };
  return Array.isArray(ids) ? ids.map(one) : one(ids);
}

function getTaskChildren({ core }: Call, key: XmlRpcValue, request: XmlRpcValue, strict: XmlRpcValue): Answer {
  const id = toInt(key);
  if (truthy(strict)) requireTask(core, id);
  return childrenOf(core, id).map((child) => toChild(child, request));
}

/** Here `request` stands among the sorted columns, unlike in getTaskInfo. */
function toChild(task: TaskRow, request: XmlRpcValue): AnswerStruct {
  if (!truthy(request)) return taskColumns(task);
  return sortColumns({ ...taskColumns(task), request: [...task.request] });
}

function getTaskDescendents({ core }: Call, key: XmlRpcValue, request: XmlRpcValue): Answer {
  const found: Record<string, Answer> = {};
  const visit = (id: number): void => {
    const children = childrenOf(core, id);
    found[String(id)] = children.map((child) => toChild(child, request));
    for (const child of children) visit(child.id);
  };
  visit(toInt(key));
  return found;
}

/** The value, or the builder's fault; there is none of a cancelled or unfinished task, whatever `raise_fault` says. */
function getTaskResult({ core }: Call, key: XmlRpcValue, raise: XmlRpcValue): Answer {
  const id = toInt(key);
  const { state, result } = requireTask(core, id, "No such task");
  if (state === "CANCELED") throw genericError(`Task ${id} is canceled`);
  if (result === undefined) throw genericError(`Task ${id} is not finished`);
  if ("value" in result) return result.value;
  if (truthy(raise)) throw new HubFault(result.fault.code, result.fault.text, "Fault");
  return { faultCode: result.fault.code, faultString: result.fault.text };
}

function ownTask(call: Call, key: XmlRpcValue): TaskRow {
  const id = toInt(key);
  const { user } = call.caller;
  const task = user === null ? call.core.db.tasks.get(id) : requireTask(call.core, id, `No such task: ${id}`);
  if (task !== undefined && (task.owner === user?.id || hasPermission(call.caller, "admin"))) return task;
  throw actionNotAllowed("Cannot cancel task, not owner");
}

function cancel(call: Call, id: XmlRpcValue, recurse: XmlRpcValue): Answer {
  cancelTask(call.core, ownTask(call, id), truthy(recurse));
  return null;
}

function cancelChildren(call: Call, id: XmlRpcValue): Answer {
  assertLogin(call.caller);
  const task = ownTask(call, id);
  for (const child of childrenOf(call.core, task.id)) cancelTask(call.core, child, true);
  return null;
}

function cancelFull({ core, caller }: Call, key: XmlRpcValue, strict: XmlRpcValue): Answer {
  assertPermission(caller, "admin");
  let task = requireTask(core, toInt(key));
  if (task.parent !== null && truthy(strict))
    throw genericError(`Task ${task.id} is not top-level (parent=${task.parent})`);
  while (task.parent !== null) task = requireTask(core, task.parent);
  cancelFamily(core, task);
  return null;
}

/** Unlike cancelTask it does not stop at tasks that have ended already. */
function cancelFamily(core: Core, task: TaskRow): void {
  cancelTask(core, task, false);
  for (const child of childrenOf(core, task.id)) cancelFamily(core, child);
}

function resubmitTask({ core, caller }: Call, key: XmlRpcValue): Answer {
  const user = assertLogin(caller);
  const task = requireTask(core, toInt(key));
  if (task.state !== "CANCELED" && task.state !== "FAILED")
    throw genericError("only canceled or failed tasks may be resubmitted");
  if (task.parent !== null) throw genericError("only top-level tasks may be resubmitted");
  if (task.owner !== user.id && !hasPermission(caller, "admin"))
    throw genericError("only the task owner or an admin may resubmit a task");
  const { method: name, request, arch, channel, priority } = task;
  return createTask(core, { method: name, request, owner: user.id, arch, channel, priority }).id;
}

/** By hand; no builder of the world will open it. */
function assignTask({ core, caller }: Call, key: XmlRpcValue, host: XmlRpcValue): Answer {
  assertPermission(caller, "admin");
  const task = requireTask(core, toInt(key));
  const found = find(core.db.hosts.values(), (one) => one.name === host || one.id === host);
  if (found === undefined) throw genericError(`No such host: ${str(host)}`);
  if (task.state !== "FREE") return false;
  task.state = "ASSIGNED";
  task.host = found.id;
  changed(core.db);
  return true;
}

function setTaskPriority(
  { core, caller }: Call,
  key: XmlRpcValue,
  priority: XmlRpcValue,
  recurse: XmlRpcValue,
): Answer {
  assertPermission(caller, "admin");
  const task = requireTask(core, toInt(key));
  if (isFinished(task)) throw genericError("Finished task's priority can't be updated");
  const set = (one: TaskRow): void => {
    one.priority = toInt(priority);
    if (truthy(recurse)) childrenOf(core, one.id).forEach(set);
  };
  set(task);
  changed(core.db);
  return null;
}
