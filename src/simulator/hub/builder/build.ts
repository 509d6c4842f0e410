import { isStruct, type XmlRpcStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { BUILD_STATES, endBuild, initBuild } from "../builds.ts";
import type { Core } from "../core.ts";
import { type BuildRow, nextId, type Repo, type RpmRow, type Tag, type Target, type TaskRow } from "../database.ts";
import { actionNotAllowed, buildError, genericError } from "../fault.ts";
import { find } from "../find.ts";
import { formatNvr, type Nvr, parseNvr } from "../nvr.ts";
import { str, truthy } from "../python.ts";
import { findRepo, isUsable } from "../repos.ts";
import { buildConfigOf, findTag, findTarget, lastChangeOf, packageConfigOf } from "../tags.ts";
import { childrenOf } from "../tasks.ts";
import type { Outcome } from "./outcome.ts";
import { optsOf, type Plans } from "./plan.ts";
import type { Step, Work } from "./scheduler.ts";
import { isScmUrl } from "./source.ts";

/**
 * kojid's BuildTask: checks, a repo, the SRPM, one buildArch per arch, the import, the tag. The texts are kojid's, from the source
 * of 1.35.3 and the transcripts `getTaskResult-build-*`.
 */
export function buildStep(plans: Plans): Step {
  return (task, work) => {
    const { core } = work;
    const opts = optsOf(task);
    const goal = goalOf(core, task, opts);
    const repo = goal.repo ?? waitedRepo(core, task, goal.buildTag);
    const children = childrenOf(core, task.id);
    if (repo === undefined) return startWaiting(task, work, goal.buildTag, opts);
    const srpmTask = children.find((child) => child.label === "srpm");
    if (srpmTask === undefined) return startSrpm(task, work, goal, repo, opts);
    const srpm = srpmOf(srpmTask);
    const arches = children.filter((child) => child.method === "buildArch");
    if (arches.length === 0) return startArches(task, work, goal, repo, srpm, plans.of(task));
    if (arches.some((child) => child.state !== "CLOSED")) return;
    finish(task, work, goal, arches, children);
  };
}

interface Goal {
  readonly target: Target | undefined;
  readonly buildTag: Tag;
  readonly destTag: Tag;
  readonly skipTag: boolean;
  readonly scratch: boolean;
  /** Only when asked for by `repo_id`. */
  readonly repo: Repo | undefined;
}

function goalOf(core: Core, task: TaskRow, opts: XmlRpcStruct): Goal {
  const scratch = truthy(opts.scratch);
  if (truthy(opts.arch_override) && !scratch) throw buildError("arch_override is only allowed for scratch builds");
  const repo = chosenRepo(core, opts);
  if (truthy(opts.custom_user_metadata) && !isStruct(opts.custom_user_metadata))
    throw buildError("custom_user_metadata must be serializable to a JSON object");
  const name = task.request[1] ?? null;
  const target = truthy(name) ? findTarget(core, name) : undefined;
  if (target === undefined && repo === undefined) throw genericError(`unknown build target: ${str(name)}`);
  const buildTag = core.db.tags.get(target?.buildTag ?? repo?.tag ?? 0);
  if (buildTag === undefined) throw genericError(`unknown build target: ${str(name)}`);
  if (target !== undefined && repo !== undefined && repo.tag !== target.buildTag)
    throw buildError(`Repo/Target mismatch: ${core.db.tags.get(repo.tag)?.name}/${buildTag.name}`);
  const destTag = target === undefined ? destinationOf(core, name, buildTag) : core.db.tags.get(target.destTag);
  if (destTag === undefined) throw genericError(`neither tag nor target: ${str(name)}`);
  return { target, buildTag, destTag, skipTag: truthy(opts.skip_tag) || name === null, scratch, repo };
}

function chosenRepo(core: Core, opts: XmlRpcStruct): Repo | undefined {
  const id = opts.repo_id ?? null;
  if (id === null) return undefined;
  const repo = core.db.repos.get(Number(id));
  if (repo === undefined) throw buildError(`No such repo: ${str(id)}`);
  if (!isUsable(repo)) throw buildError(`Bad repo: ${repo.id} (DELETED)`);
  return repo;
}

function destinationOf(core: Core, name: XmlRpcValue, buildTag: Tag): Tag | undefined {
  return name === null ? buildTag : findTag(core, name);
}

/** The repo the waitrepo subtask came back with. */
function waitedRepo(core: Core, task: TaskRow, buildTag: Tag): Repo | undefined {
  const opts = optsOf(task);
  const waited = childrenOf(core, task.id).find((child) => child.method === "waitrepo");
  if (waited !== undefined) return findRepo(core, buildTag);
  return truthy(opts.wait_repo) || truthy(opts.wait_builds) ? undefined : findRepo(core, buildTag);
}

function startWaiting(task: TaskRow, work: Work, buildTag: Tag, opts: XmlRpcStruct): void {
  assertPolicy(task, work.core, opts);
  if (childrenOf(work.core, task.id).some((child) => child.method === "waitrepo")) return;
  const minEvent = truthy(opts.wait_repo) ? lastChangeOf(work.core, buildTag) : null;
  const request = [buildTag.name, null, opts.wait_builds ?? null, minEvent];
  work.spawn(task, { method: "waitrepo", request });
}

function assertPolicy(task: TaskRow, core: Core, opts: XmlRpcStruct): void {
  const user = core.db.users.get(task.owner)?.name ?? "";
  const target = task.request[1];
  const reason = core.settings.policy.build({
    user,
    scratch: truthy(opts.scratch),
    target: typeof target === "string" ? target : null,
  });
  if (reason !== null) throw actionNotAllowed(`policy violation (build_rpm): ${reason}`);
}

function startSrpm(task: TaskRow, work: Work, goal: Goal, repo: Repo, opts: XmlRpcStruct): void {
  assertPolicy(task, work.core, opts);
  const source = task.request[0] ?? null;
  if (typeof source !== "string") throw buildError(`Invalid source specification: ${str(source)}`);
  const method = isScmUrl(source) ? "buildSRPMFromSCM" : "rebuildSRPM";
  const request = [source, goal.buildTag.id, { repo_id: repo.id, scratch: opts.scratch ?? null }];
  work.spawn(task, { method, request, label: "srpm" });
}

function srpmOf(task: TaskRow): string {
  const result = task.result !== undefined && "value" in task.result ? task.result.value : null;
  return typeof result === "object" && result !== null && "srpm" in result ? str(result.srpm) : "";
}

function nvrOf(srpm: string): Nvr {
  const nvr = parseNvr(srpm.slice(srpm.lastIndexOf("/") + 1).replace(/\.src\.rpm$/, ""));
  if (nvr === undefined) throw buildError(`${srpm} is not a source package`);
  return nvr;
}

function startArches(task: TaskRow, work: Work, goal: Goal, repo: Repo, srpm: string, plan: Outcome | undefined): void {
  const { core } = work;
  const opts = optsOf(task);
  const nvr = nvrOf(srpm);
  const entry = packageConfigOf(core, goal.destTag, nvr.name)?.entry;
  if (!goal.skipTag && !goal.scratch) {
    if (entry === undefined) throw buildError(`package ${nvr.name} not in list for tag ${goal.destTag.name}`);
    if (entry.blocked) throw buildError(`package ${nvr.name} is blocked for tag ${goal.destTag.name}`);
  }
  const arches = archesOf(core, goal, entry?.extraArches ?? null, opts, plan);
  if (!goal.scratch) initBuild(core, { ...nvr, task, ...originOf(task, opts), draft: truthy(opts.draft) });
  arches.forEach((arch, i) => {
    work.spawn(task, {
      method: "buildArch",
      request: [srpm, goal.buildTag.id, arch, i === 0, { repo_id: repo.id }],
      label: arch,
      arch,
    });
  });
}

function originOf(task: TaskRow, opts: XmlRpcStruct): { source: string | null; extra: XmlRpcStruct | null } {
  const source = str(task.request[0] ?? null);
  const metadata = opts.custom_user_metadata;
  const extra: XmlRpcStruct = { source: { original_url: source } };
  if (truthy(metadata) && metadata !== undefined) extra.custom_user_metadata = metadata;
  return { source, extra };
}

/** kojid's `getArchList`. */
function archesOf(
  core: Core,
  goal: Goal,
  extra: string | null,
  opts: XmlRpcStruct,
  plan: Outcome | undefined,
): string[] {
  const { arches } = buildConfigOf(core, goal.buildTag);
  if (!arches) throw buildError(`No arches for tag ${goal.buildTag.name} [${goal.buildTag.id}]`);
  const allowed = splitArches(arches).map(canonicalArch);
  let list = splitArches(`${arches} ${extra ?? ""}`);
  if (plan?.noarch === true) list = ["noarch"];
  if (goal.scratch && truthy(opts.arch_override)) list = splitArches(str(opts.arch_override ?? ""));
  const matching = list.filter((arch) => arch === "noarch" || allowed.includes(canonicalArch(arch)));
  if (matching.length === 0) throw buildError("No matching arches were found");
  return [...new Set(matching)];
}

function splitArches(text: string): string[] {
  return text.split(/\s+/).filter((arch) => arch !== "");
}

/** koji.canonArch, for the arches anybody still builds. */
export function canonicalArch(arch: string): string {
  if (/^(i[3456]86|athlon|geode)$/.test(arch)) return "i386";
  if (/^x86_64_v\d$|^amd64$|^ia32e$/.test(arch)) return "x86_64";
  return /^armv[567]/.test(arch) ? "arm" : arch;
}

function finish(task: TaskRow, work: Work, goal: Goal, arches: TaskRow[], children: TaskRow[]): void {
  const { core } = work;
  const build = find(core.db.builds.values(), (one) => one.task === task.id && !goal.scratch);
  if (build?.state === BUILD_STATES.BUILDING) importRpms(core, build, arches);
  const tagging = children.find((child) => child.label === "tag");
  if (build === undefined || goal.skipTag || tagging?.state === "CLOSED") {
    work.close(task, null);
    return;
  }
  if (tagging !== undefined) return;
  if (goal.destTag.locked) throw actionNotAllowed("tag is locked");
  work.spawn(task, { method: "tagBuild", request: [goal.destTag.id, build.id, false, null, true], label: "tag" });
}

function importRpms(core: Core, build: BuildRow, arches: TaskRow[]): void {
  const built = core.clock.now();
  const add = (arch: string, buildroot: number) => build.rpms.push(toRpm(core, build, arch, buildroot, built));
  arches.forEach((task, i) => {
    const root = find(core.db.buildroots.values(), (one) => one.task === task.id)?.id ?? 0;
    if (i === 0) add("src", root);
    add(task.label ?? "noarch", root);
  });
  endBuild(core, build, BUILD_STATES.COMPLETE);
}

function toRpm(core: Core, build: BuildRow, arch: string, buildroot: number, built: number): RpmRow {
  const id = nextId(core.db, "rpm");
  const payloadHash = Buffer.from(`${formatNvr(build)}.${arch}`.padEnd(16))
    .toString("hex")
    .slice(0, 32);
  return { id, arch, buildroot, size: 6000 + id, payloadHash, built };
}
