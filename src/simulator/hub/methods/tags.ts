import { matchesGlob } from "node:path";
import { isStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { findBuild } from "../builds.ts";
import type { Call } from "../core.ts";
import { genericError, parameterError } from "../fault.ts";
import { repr, str, truthy } from "../python.ts";
import { applyQuery } from "../query.ts";
import { method } from "../registry.ts";
import { ancestorsOf, buildConfigOf, findTag, findTarget, requireTag } from "../tags.ts";
import type { Answer, AnswerStruct } from "../values.ts";
import { toTagColumns, toTagInfo, toTargetInfo } from "../views.ts";

export const tagMethods = [
  method("getTag", "tagInfo, strict=False, event=None, blocked=False", getTag),
  method("listTags", "build=None, package=None, perms=True, queryOpts=None, pattern=None", listTags),
  method("getBuildConfig", "tag, event=None", getBuildConfig),
  method("getBuildTarget", "info, event=None, strict=False", getBuildTarget),
  method("getBuildTargets", "info=None, event=None, buildTagID=None, destTagID=None, queryOpts=None", getBuildTargets),
  method("getInheritanceData", "tag, event=None", getInheritanceData),
  method("getFullInheritance", "tag, event=None, reverse=False", getFullInheritance),
];

function getTag({ core }: Call, key: XmlRpcValue, strict: XmlRpcValue): Answer {
  checkKey(key);
  const tag = findTag(core, key);
  if (tag === undefined && truthy(strict)) throw genericError(`No such tagInfo: ${repr(key)}`);
  return tag === undefined ? null : toTagInfo(tag);
}

function listTags({ core }: Call, ...args: XmlRpcValue[]): Answer {
  const [build = null, pkg = null, perms = null, queryOpts = null, pattern = null] = args;
  const tagged = build === null ? undefined : (core.db.builds.get(Number(build)) ?? findBuild(core, str(build)));
  if (build !== null && tagged === undefined) throw genericError(`No such build: ${repr(build)}`);
  const rows = [...core.db.tags.values()]
    .filter((tag) => tagged === undefined || tagged.tags.has(tag.id))
    .filter((tag) => pkg === null || tag.packages.has(str(pkg)))
    .filter((tag) => pattern === null || matchesGlob(tag.name, str(pattern)))
    .map((tag) => {
      const { perm, perm_id, ...columns } = toTagColumns(tag);
      return truthy(perms) ? { ...columns, perm: perm ?? null, perm_id: perm_id ?? null } : columns;
    });
  return applyQuery(rows, queryOpts);
}

/** Names, ids, or structs with one of them. */
function checkKey(key: XmlRpcValue): void {
  if (typeof key === "string" || typeof key === "number" || isStruct(key)) return;
  throw parameterError(`Invalid name or id value: ${str(key)}`);
}

function getBuildConfig({ core }: Call, key: XmlRpcValue): Answer {
  const tag = requireTag(core, key);
  const { arches, archesFrom, extra, extraFrom } = buildConfigOf(core, tag);
  const source = (one: { id: number; name: string }): Answer => ({ id: one.id, name: one.name });
  const inherited = Object.fromEntries([...extraFrom].map(([name, from]) => [name, source(from)]));
  return {
    ...toTagColumns({ ...tag, arches }),
    extra: Object.fromEntries(extra),
    config_inheritance: { extra: inherited, arches: archesFrom === null ? null : source(archesFrom) },
  };
}

function getBuildTarget({ core }: Call, key: XmlRpcValue, _event: XmlRpcValue, strict: XmlRpcValue): Answer {
  const target = findTarget(core, key);
  if (target === undefined && truthy(strict)) throw genericError(`No such build target: ${str(key)}`);
  return target === undefined ? null : toTargetInfo(core, target);
}

function getBuildTargets(
  { core }: Call,
  info: XmlRpcValue,
  _event: XmlRpcValue,
  buildTag: XmlRpcValue,
  destTag: XmlRpcValue,
): Answer {
  const one = info === null ? undefined : findTarget(core, info);
  const buildId = buildTag === null ? null : requireTag(core, buildTag).id;
  const destId = destTag === null ? null : requireTag(core, destTag).id;
  return [...core.db.targets.values()]
    .filter((target) => info === null || target.id === one?.id)
    .filter((target) => buildId === null || target.buildTag === buildId)
    .filter((target) => destId === null || target.destTag === destId)
    .map((target) => toTargetInfo(core, target));
}

function toLink(parent: { id: number; name: string }, child: number, priority: number): AnswerStruct {
  return {
    intransitive: false,
    maxdepth: null,
    name: parent.name,
    noconfig: false,
    parent_id: parent.id,
    pkg_filter: "",
    priority,
    child_id: child,
  };
}

function getInheritanceData({ core }: Call, key: XmlRpcValue): Answer {
  const tag = requireTag(core, key);
  return ancestorsOf(core, tag)
    .filter((link) => link.depth === 1)
    .map((link) => toLink(link.tag, link.child, link.priority));
}

function getFullInheritance({ core }: Call, key: XmlRpcValue): Answer {
  return ancestorsOf(core, requireTag(core, key)).map((link) => ({
    ...toLink(link.tag, link.child, link.priority),
    nextdepth: null,
    currdepth: link.depth,
    filter: [],
  }));
}
