import type { XmlRpcStruct } from "../../../adapters/koji/xmlrpc.ts";
import { BUILD_STATES, importRpms, initBuild } from "../builds.ts";
import type { Core } from "../core.ts";
import { actionNotAllowed, buildError } from "../fault.ts";
import { find } from "../find.ts";
import { type Nvr, parseNvr } from "../nvr.ts";
import { str, truthy } from "../python.ts";
import { findRepo } from "../repos.ts";
import type { Repo, TaskRow } from "../rows.ts";
import { lastChangeOf, packageConfigOf } from "../tags.ts";
import { childrenOf } from "../tasks.ts";
import { archesOf } from "./arch-list.ts";
import { type Goal, goalOf } from "./goal.ts";
import type { Outcome } from "./outcome.ts";
import { buildrootOf, optsOf, type Plans } from "./plan.ts";
import type { Step, Work } from "./scheduler.ts";
import { isScmUrl } from "./source.ts";

/**
 * kojid's BuildTask: checks, a repo, the SRPM, one buildArch per arch, the import, the tag. The texts are kojid's, from the source
 * of 1.35.3 and the transcripts `getTaskResult-build-*`.
 */
export function buildStep(plans: Plans): Step {
  return (task, work) => {
    const { core } = work;
    const goal = goalOf(core, task, optsOf(task));
    const children = childrenOf(core, task.id);
    const srpm = children.find((child) => child.label === "srpm");
    if (srpm === undefined) return prepare(task, work, goal, children);
    const arches = children.filter((child) => child.method === "buildArch");
    if (arches.length === 0) return startArches(task, work, goal, srpm, plans.of(task));
    if (arches.every((child) => child.state === "CLOSED")) finish(task, work, goal, arches, children);
  };
}

/** A repo first: the one asked for, the newest, or what a waitrepo subtask comes back with; then the SRPM. */
function prepare(task: TaskRow, work: Work, goal: Goal, children: TaskRow[]): void {
  const { core } = work;
  const opts = optsOf(task);
  assertPolicy(task, core, opts);
  const waited = children.some((child) => child.method === "waitrepo");
  const mustWait = !waited && (truthy(opts.wait_repo) || truthy(opts.wait_builds));
  const repo = goal.repo ?? (mustWait ? undefined : findRepo(core, goal.buildTag));
  if (repo !== undefined) {
    startSrpm(task, work, goal, repo, opts);
    return;
  }
  const minEvent = truthy(opts.wait_repo) ? lastChangeOf(core, goal.buildTag) : null;
  work.spawn(task, { method: "waitrepo", request: [goal.buildTag.name, null, opts.wait_builds ?? null, minEvent] });
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

function startArches(task: TaskRow, work: Work, goal: Goal, srpmTask: TaskRow, plan: Outcome | undefined): void {
  const { core } = work;
  const srpm = srpmOf(srpmTask);
  const repo = buildrootOf(core, srpmTask.request[1], srpmTask.request[2])?.repo.id ?? 0;
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
      request: [srpm, goal.buildTag.id, arch, i === 0, { repo_id: repo }],
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
