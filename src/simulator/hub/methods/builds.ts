import { isStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { BUILD_STATES, buildsIn, endBuild, findBuild } from "../builds.ts";
import { assertLogin, type Call, type Core, hasPermission } from "../core.ts";
import { actionNotAllowed, genericError } from "../fault.ts";
import { formatNvr, parseNvr } from "../nvr.ts";
import { repr, str, toInt, truthy } from "../python.ts";
import { applyQuery, sortColumns } from "../query.ts";
import { method } from "../registry.ts";
import type { BuildRow, Tag } from "../rows.ts";
import { requireTag } from "../tags.ts";
import { cancelTask, childrenOf, createTask } from "../tasks.ts";
import { formatTime, formatTimeOrNil, toSeconds, toSecondsOrNil } from "../time.ts";
import type { Answer, AnswerStruct } from "../values.ts";

const TAGGED =
  "tag, event=None, inherit=False, prefix=None, latest=False, package=None, owner=None, type=None, strict=True";

export const buildInfoMethods = [
  method("getBuild", "buildInfo, strict=False", getBuild),
  method(
    "listBuilds",
    "packageID=None, userID=None, taskID=None, prefix=None, state=None, queryOpts=None, source=None",
    listBuilds,
  ),
  method("listTagged", TAGGED, listTagged),
  method("getLatestBuilds", "tag, event=None, package=None, type=None", (call, tag, event, pkg) =>
    listTagged(call, tag ?? null, event ?? null, true, null, true, pkg ?? null),
  ),
  method("listBuildRPMs", "build", listRpms),
  method("listRPMs", "buildID=None", listRpms),
  method("getBuildLogs", "build", getBuildLogs),
  method("cancelBuild", "buildID, strict=False", cancelBuild),
  method("tagBuild", "tag, build, force=False, fromtag=None", tagBuild),
];

/** By id, NVR or `{name, version, release}`. */
function lookUp(core: Core, key: XmlRpcValue): BuildRow | undefined {
  if (typeof key === "number") return core.db.builds.get(key);
  if (isStruct(key)) {
    const { name, version, release } = key as { readonly [key: string]: XmlRpcValue | undefined };
    if (name === undefined || version === undefined || release === undefined)
      throw genericError("did not provide name, version, and release");
    return findBuild(core, `${str(name)}-${str(version)}-${str(release)}`);
  }
  if (parseNvr(str(key)) === undefined) throw genericError(`invalid format: ${str(key)}`);
  return findBuild(core, str(key));
}

function requireBuild(core: Core, key: XmlRpcValue): BuildRow {
  const build = lookUp(core, key);
  if (build === undefined) throw genericError(`No such build: ${repr(key)}`);
  return build;
}

function getBuild({ core }: Call, key: XmlRpcValue, strict: XmlRpcValue): Answer {
  const build = truthy(strict) ? requireBuild(core, key) : lookUp(core, key);
  if (build === undefined) return null;
  return { ...sortColumns({ ...toBuildColumns(core, build), cg_id: null, id: build.id }), cg_name: null };
}

function toBuildColumns(core: Core, build: BuildRow): AnswerStruct {
  return {
    build_id: build.id,
    completion_time: formatTimeOrNil(build.completed),
    completion_ts: toSecondsOrNil(build.completed),
    creation_event_id: build.createEvent,
    creation_time: formatTime(build.created),
    creation_ts: toSeconds(build.created),
    draft: build.draft,
    epoch: null,
    extra: build.extra,
    name: build.name,
    nvr: formatNvr(build),
    owner_id: build.owner,
    owner_name: core.db.users.get(build.owner)?.name ?? null,
    package_id: core.db.packages.get(build.name) ?? null,
    package_name: build.name,
    promoter_id: null,
    promoter_name: null,
    promotion_time: null,
    promotion_ts: null,
    release: build.release,
    source: build.source,
    start_time: formatTime(build.created),
    start_ts: toSeconds(build.created),
    state: build.state,
    task_id: build.task,
    version: build.version,
    volume_id: 0,
    volume_name: "DEFAULT",
  };
}

function listBuilds({ core }: Call, ...args: XmlRpcValue[]): Answer {
  const [pkg = null, owner = null, task = null, prefix = null, state = null, queryOpts = null] = args;
  const packageName = typeof pkg === "number" ? nameOfPackage(core, pkg) : pkg;
  const rows = [...core.db.builds.values()]
    .filter((build) => packageName === null || build.name === packageName)
    .filter((build) => owner === null || build.owner === owner || core.db.users.get(build.owner)?.name === owner)
    .filter((build) => task === null || build.task === toInt(task))
    .filter((build) => prefix === null || build.name.startsWith(str(prefix)))
    .filter((build) => state === null || build.state === toInt(state))
    .map((build) => toBuildColumns(core, build));
  return applyQuery(rows, queryOpts);
}

function nameOfPackage(core: Core, id: number): string {
  for (const [name, one] of core.db.packages) if (one === id) return name;
  throw genericError(`No such entry in table package: ${id}`);
}

function listTagged({ core }: Call, key: XmlRpcValue, _event: XmlRpcValue, ...rest: XmlRpcValue[]): Answer {
  const [inherit = null, prefix = null, latest = null, pkg = null, owner = null] = rest;
  const seen = new Set<string>();
  return buildsIn(core, requireTag(core, key), truthy(inherit))
    .filter(({ build }) => pkg === null || build.name === pkg)
    .filter(({ build }) => prefix === null || build.name.startsWith(str(prefix)))
    .filter(({ build }) => owner === null || core.db.users.get(build.owner)?.name === owner)
    .filter(({ build }) => !truthy(latest) || (!seen.has(build.name) && seen.add(build.name)))
    .map(({ build, tag, event }) => toTagged(core, build, tag, event));
}

/** Fewer columns than getBuild, and the tag's. */
function toTagged(core: Core, build: BuildRow, tag: Tag, event: number): AnswerStruct {
  const columns = {
    ...toBuildColumns(core, build),
    create_event: event,
    id: build.id,
    tag_id: tag.id,
    tag_name: tag.name,
  };
  const dropped = ["completion_ts", "creation_ts", "extra", "promotion_ts", "source", "start_ts"];
  return sortColumns(Object.fromEntries(Object.entries(columns).filter(([name]) => !dropped.includes(name))));
}

function listRpms({ core }: Call, key: XmlRpcValue): Answer {
  const build = requireBuild(core, key);
  return build.rpms.map((rpm) => ({
    arch: rpm.arch,
    build_id: build.id,
    buildroot_id: rpm.buildroot,
    buildtime: Math.floor(rpm.built / 1000),
    draft: build.draft,
    epoch: null,
    external_repo_id: 0,
    external_repo_name: "INTERNAL",
    extra: null,
    id: rpm.id,
    metadata_only: false,
    name: build.name,
    nvr: formatNvr(build),
    payloadhash: rpm.payloadHash,
    release: build.release,
    size: rpm.size,
    version: build.version,
  }));
}

function getBuildLogs({ core }: Call, key: XmlRpcValue): Answer {
  const build = requireBuild(core, key);
  const base = `packages/${build.name}/${build.version}/${build.release}/data/logs`;
  const arches = childrenOf(core, build.task ?? 0).filter((task) => task.method === "buildArch");
  return arches.flatMap((task) =>
    task.output
      .filter(({ name }) => name.endsWith(".log"))
      .map(({ name }) => ({ name, dir: task.label, path: `${base}/${task.label}/${name}` })),
  );
}

/** False when there is nothing left to cancel. */
function cancelBuild({ core, caller }: Call, key: XmlRpcValue, strict: XmlRpcValue): Answer {
  const user = assertLogin(caller);
  const build = truthy(strict) ? requireBuild(core, key) : lookUp(core, key);
  if (build === undefined) return false;
  if (build.owner !== user.id && !hasPermission(caller, "admin"))
    throw actionNotAllowed("Cannot cancel build, not owner");
  if (build.state !== BUILD_STATES.BUILDING) return false;
  const task = core.db.tasks.get(build.task ?? 0);
  if (task === undefined) endBuild(core, build, BUILD_STATES.CANCELED);
  else cancelTask(core, task, true);
  return true;
}

/** The policy is asked at once, the tagging is a task. */
function tagBuild({ core, caller }: Call, key: XmlRpcValue, buildKey: XmlRpcValue, force: XmlRpcValue): Answer {
  const user = assertLogin(caller);
  const tag = requireTag(core, key);
  const build = requireBuild(core, buildKey);
  const reason = core.settings.policy.tag({ user: user.name, tag: tag.name });
  if (reason !== null) throw actionNotAllowed(`policy violation (tag): ${reason}`);
  return createTask(core, {
    method: "tagBuild",
    request: [tag.id, build.id, truthy(force), null],
    owner: user.id,
    priority: 10,
  }).id;
}
