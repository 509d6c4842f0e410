import { isStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { assertLogin, assertPermission, type Call, type Core, hasPermission } from "../core.ts";
import { actionNotAllowed, genericError, parameterError } from "../fault.ts";
import { str, toInt, truthy } from "../python.ts";
import { method } from "../registry.ts";
import { findRepo, requestRepo } from "../repos.ts";
import type { Tag } from "../rows.ts";
import { findTag, lastChangeOf, requireTag } from "../tags.ts";
import { createTask, taskColumns } from "../tasks.ts";
import { toSeconds } from "../time.ts";
import type { Answer, AnswerStruct } from "../values.ts";
import { toRepoInfo, toRepoRequestInfo } from "../views.ts";

const REQUEST = "tag, min_event=None, at_event=None, opts=None, priority=None, force=False";

export const repoMethods = [
  method("getRepo", "tag, state=None, event=None, dist=False, min_event=None", (call, tag) =>
    getRepo(call, tag ?? null, null),
  ),
  method("repo.get", "tag, min_event=None, at_event=None, opts=None", (call, tag, minEvent) =>
    getRepo(call, tag ?? null, minEvent ?? null),
  ),
  method("repoInfo", "repo_id, strict=False", repoInfo),
  method("repo.request", REQUEST, request),
  method("repo.checkRequest", "req_id", checkRequest),
  method("repo.query", "clauses, fields=None, opts=None", query),
  method("repo.queryQueue", "clauses, fields=None, opts=None", queryQueue),
  method("newRepo", "tag, event=None, src=False, debuginfo=False, separate_src=False", newRepo),
  method("tagLastChangeEvent", "tag", ({ core }, tag) => lastChangeOf(core, requireTag(core, tag ?? null))),
  method("getEvent", "id", ({ core }, id) => toEvent(core, toInt(id ?? null))),
  method("getLastEvent", "before=None, strict=True", getLastEvent),
];

function getRepo({ core }: Call, key: XmlRpcValue, minEvent: XmlRpcValue): Answer {
  const tag = findTag(core, key);
  if (tag === undefined) throw genericError(`No such entry in table tag: ${str(key)}`);
  const repo = findRepo(core, tag, minEvent === null ? 0 : toInt(minEvent));
  return repo === undefined ? null : toRepoInfo(core, repo);
}

function toEventNumber(core: Core, tag: Tag, event: XmlRpcValue): number {
  if (event === "last") return lastChangeOf(core, tag);
  if (!core.db.events.has(toInt(event))) throw parameterError(`Invalid event: ${toInt(event)}`);
  return toInt(event);
}

function repoInfo({ core }: Call, id: XmlRpcValue, strict: XmlRpcValue): Answer {
  const repo = core.db.repos.get(toInt(id));
  if (repo === undefined && truthy(strict)) throw genericError(`No such entry in table repo: ${str(id)}`);
  return repo === undefined ? null : toRepoInfo(core, repo);
}

const OPTIONS = ["src", "debuginfo", "separate_src", "maven"];

/** An existing repo, an active request, or a new one (koji-facts, section 13). Any repo of the tag is new enough by default. */
function request({ core, caller }: Call, key: XmlRpcValue, ...rest: XmlRpcValue[]): Answer {
  const [minEvent = null, , opts = null, priority = null, force = null] = rest;
  const user = assertLogin(caller);
  const tag = requireTag(core, key);
  const unknown = Object.keys(isStruct(opts) ? opts : {}).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw parameterError(`Invalid repo option: ${unknown}`);
  if (priority !== null && toInt(priority) < 0 && !hasPermission(caller, "admin"))
    throw actionNotAllowed("only admins may create high-priority requests");
  const wanted = minEvent === null ? undefined : toEventNumber(core, tag, minEvent);
  const repo = truthy(force) ? undefined : findRepo(core, tag, wanted);
  if (repo !== undefined) return { repo: toRepoInfo(core, repo), request: null, duplicate: false };
  const made = requestRepo(core, tag, user.id, wanted ?? lastChangeOf(core, tag));
  return { repo: null, request: toRepoRequestInfo(core, made.request), duplicate: made.duplicate };
}

function checkRequest({ core }: Call, id: XmlRpcValue): Answer {
  const found = core.db.repoRequests.get(toInt(id));
  if (found === undefined) throw genericError("No such request");
  const repo = core.db.repos.get(found.repo ?? 0);
  const task = core.db.tasks.get(found.task ?? 0);
  const info = { repo: repo === undefined ? null : toRepoInfo(core, repo), request: toRepoRequestInfo(core, found) };
  return task === undefined || repo !== undefined ? info : { ...info, task: taskColumns(task) };
}

/** `[[column, "=", value] …]` and the columns wanted; `**` are all. */
function query({ core }: Call, clauses: XmlRpcValue, fields: XmlRpcValue): Answer {
  const rows = [...core.db.repos.values()].map((repo) => toRepoInfo(core, repo)).reverse();
  return selectRows(rows, clauses, fields);
}

function queryQueue({ core }: Call, clauses: XmlRpcValue, fields: XmlRpcValue): Answer {
  return selectRows(
    [...core.db.repoRequests.values()].map((one) => toRepoRequestInfo(core, one)),
    clauses,
    fields,
  );
}

function selectRows(rows: AnswerStruct[], clauses: XmlRpcValue, fields: XmlRpcValue): Answer {
  const tests = (Array.isArray(clauses) ? clauses : []).map((clause) => {
    const [column = null, operator = null, value = null] = Array.isArray(clause) ? clause : [];
    if (operator !== "=") throw genericError(`the world compares with = only, not ${str(operator)}`);
    return (row: AnswerStruct) => row[str(column)] === value;
  });
  const columns = Array.isArray(fields) ? fields.map(str).sort() : undefined;
  return rows
    .filter((row) => tests.every((matches) => matches(row)))
    .map((row) => (columns === undefined ? row : Object.fromEntries(columns.map((name) => [name, row[name] ?? null]))));
}

function newRepo({ core, caller }: Call, key: XmlRpcValue): Answer {
  const user = hasPermission(caller, "repo") ? caller.user : assertPermission(caller, "regen-repo");
  const tag = requireTag(core, key);
  return createTask(core, { method: "newRepo", request: [tag.name], owner: user?.id ?? 0, channel: 2, priority: 15 })
    .id;
}

function toEvent(core: Core, id: number): Answer {
  const time = core.db.events.get(id);
  if (time === undefined) throw genericError(`No such event: ${id}`);
  return { id, ts: toSeconds(time) };
}

function getLastEvent({ core }: Call, before: XmlRpcValue): Answer {
  const limit = before === null ? Number.POSITIVE_INFINITY : Number(before) * 1000;
  let last: number | undefined;
  for (const [id, time] of core.db.events) if (time < limit) last = Math.max(last ?? 0, id);
  if (last === undefined) throw genericError("No events recorded");
  return toEvent(core, last);
}
