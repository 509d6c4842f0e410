import { createHash } from "node:crypto";
import type { Core } from "../core.ts";
import { nextId, type TaskRow } from "../database.ts";
import { buildError, genericError, HubFault, pythonError } from "../fault.ts";
import { formatNvr, nvrOfCommit, parseNvr } from "../nvr.ts";
import { str } from "../python.ts";
import { buildConfigOf } from "../tags.ts";
import type { Answer } from "../values.ts";
import type { Outcome } from "./outcome.ts";
import { mockOutput } from "./output.ts";
import { buildrootOf, distOf, type Plans } from "./plan.ts";
import type { Step, Work } from "./scheduler.ts";
import { checkAccess, isScmUrl, parseScmUrl } from "./source.ts";

const TOPDIR = "/mnt/koji";

/** kojid's buildSRPMFromSCM and rebuildSRPM. */
export function srpmStep(plans: Plans): Step {
  return (task, work) => {
    const { core } = work;
    const url = str(task.request[0] ?? null);
    const plan = plans.of(task) ?? { result: "success" };
    const root = buildrootOf(core, task.request[1], task.request[2]);
    if (root === undefined) throw genericError("No such repo");
    const brootid = addBuildroot(core, task, "noarch", root.tag.id, root.repo.id);
    if (!buildConfigOf(core, root.tag).arches) throw buildError(`No arch list for tag: ${root.tag.name}`);
    const chroot = `${root.tag.name}-${brootid}-${root.repo.id}`;
    if (isScmUrl(url)) checkSource(core, task, url, plan, chroot);
    const nvr = isScmUrl(url) ? fromCommit(url, distOf(root.repo)) : fromUpload(core, url, distOf(root.repo));
    const fault = srpmFault(plan);
    runMock(task, work, nvr, "noarch", chroot, work.timingOf(task).srpm, [`${nvr}.src.rpm`], fault, plan, () => {
      const srpm = `tasks/${task.id % 10000}/${task.id}/${nvr}.src.rpm`;
      const source = isScmUrl(url)
        ? { url: pinned(url), source: url }
        : { source: `${nvr}.src.rpm`, url: `${nvr}.src.rpm` };
      return { srpm, logs: logPaths(task), brootid, source };
    });
  };
}

function fromCommit(url: string, dist: string): string {
  const { packageName, revision } = parseScmUrl(url);
  return formatNvr(nvrOfCommit(packageName, revision, dist));
}

/** The release gets the build tag's dist, as rebuilding in mock would do it. */
function fromUpload(core: Core, path: string, dist: string): string {
  if (!core.db.uploads.has(path)) throw buildError(`Input SRPM file missing: ${TOPDIR}/work/${path}`);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const nvr = parseNvr(name.replace(/\.src\.rpm$/, ""));
  if (nvr === undefined || !name.endsWith(".src.rpm")) throw buildError(`${path} is not a source package`);
  return formatNvr({ ...nvr, release: nvr.release.endsWith(dist) ? nvr.release : `${nvr.release}${dist}` });
}

function checkSource(core: Core, task: TaskRow, url: string, plan: Outcome, chroot: string): void {
  const source = parseScmUrl(url);
  const user = core.db.users.get(task.owner)?.name ?? "";
  const reason = core.settings.policy.scm({ host: source.host, path: source.path, user });
  if (reason !== null) throw buildError(`SCM: ${source.host}:${source.path} is not allowed, reason: ${reason}`);
  checkAccess(url, source);
  if (plan.result !== "checkout") return;
  const clone = `git clone -n ${url.slice(4).split(/[?#]/)[0]} /var/lib/mock/${chroot}/root/chroot_tmpdir/scmroot/${source.packageName}`;
  throw buildError(`Error running GIT command "${clone}", see checkout.log for details`);
}

/** A branch or tag becomes the commit it stood for. */
function pinned(url: string): string {
  const { revision } = parseScmUrl(url);
  if (/^[0-9a-f]{40}$/.test(revision)) return url;
  return `${url.slice(0, url.lastIndexOf("#"))}#${createHash("sha1").update(revision).digest("hex")}`;
}

function srpmFault(plan: Outcome): HubFault | undefined {
  if (plan.result === "infra") return infraFault();
  return plan.result === "srpm" ? buildError(`error building srpm, ${mockResult(plan.exit ?? 1)}`) : undefined;
}

function infraFault(): HubFault {
  return new HubFault(
    1012,
    "could not init mock buildroot, mock exited with status 30; see root.log for more information",
    "koji.BuildrootError",
  );
}

/** mock's exit status in kojid's words: 1 may be either log, 10 is the build's. */
function mockResult(exit: number): string {
  const log = exit === 1 ? "build.log or root.log" : exit === 10 ? "build.log" : "root.log";
  return `mock exited with status ${exit}; see ${log} for more information`;
}

/** kojid's buildArch. */
export function archStep(plans: Plans): Step {
  return (task, work) => {
    const { core } = work;
    const srpm = str(task.request[0] ?? null);
    const arch = str(task.request[2] ?? null);
    const plan = plans.of(task) ?? { result: "success" };
    const root = buildrootOf(core, task.request[1], task.request[4]);
    if (root === undefined) throw genericError("No such repo");
    const brootid = addBuildroot(core, task, arch, root.tag.id, root.repo.id);
    const nvr = srpm.slice(srpm.lastIndexOf("/") + 1).replace(/\.src\.rpm$/, "");
    const keepsSrpm = task.request[3] === true;
    const names = [`${nvr}.${arch}.rpm`, ...(keepsSrpm ? [`${nvr}.src.rpm`] : [])];
    const chroot = `${root.tag.name}-${brootid}-${root.repo.id}`;
    const fault = isVictim(core, task, plan, arch) ? archFault(plan, arch, nvr) : undefined;
    runMock(task, work, nvr, arch, chroot, work.timingOf(task).buildArch, names, fault, plan, () => {
      const paths = names.map((name) => `tasks/${task.id % 10000}/${task.id}/${name}`);
      return { rpms: paths.slice(0, 1), srpms: paths.slice(1), logs: logPaths(task), brootid };
    });
  };
}

/** The arch the plan names, if it is built at all; else the first. */
function isVictim(core: Core, task: TaskRow, plan: Outcome, arch: string): boolean {
  if (plan.result !== "fail" && plan.result !== "crash") return false;
  const siblings = (core.db.children.get(task.parent ?? 0) ?? []).flatMap((id) => core.db.tasks.get(id) ?? []);
  const arches = siblings.filter((one) => one.method === "buildArch").map((one) => one.label);
  return arch === (plan.arch !== undefined && arches.includes(plan.arch) ? plan.arch : arches[0]);
}

function archFault(plan: Outcome, arch: string, nvr: string): HubFault {
  if (plan.result === "crash")
    return pythonError("RuntimeError", `builder bug: simulated crash in buildArch for ${nvr}`);
  return buildError(`error building package (arch ${arch}), ${mockResult(plan.exit ?? 1)}`);
}

function addBuildroot(core: Core, task: TaskRow, arch: string, tag: number, repo: number): number {
  const id = nextId(core.db, "buildroot");
  core.db.buildroots.set(id, { id, task: task.id, arch, tag, repo });
  return id;
}

function logPaths(task: TaskRow): string[] {
  const logs = task.output.filter((file) => file.name.endsWith(".log"));
  return logs.map((file) => `tasks/${task.id % 10000}/${task.id}/${file.name}`);
}

/** Writes the logs of a mock run and ends the task when it is over: a failure earlier than a success, a hang never. */
function runMock(
  task: TaskRow,
  work: Work,
  nvr: string,
  arch: string,
  root: string,
  duration: number,
  results: string[],
  fault: HubFault | undefined,
  plan: Outcome,
  result: () => Answer,
): void {
  const start = work.core.clock.now();
  const hangs = plan.result === "hang" && task.method === "buildArch";
  const rootOnly = fault?.text.includes("see root.log") ?? false;
  const text =
    plan.log ??
    "error: Bad exit status from /var/tmp/rpm-tmp.XaBcDe (%build)\n\nRPM build errors:\nChild return code was: 1\n";
  const failure =
    fault === undefined ? undefined : { log: rootOnly ? ("root.log" as const) : ("build.log" as const), text };
  const span = hangs ? 86_400_000 : fault === undefined ? duration : duration * 0.8;
  task.output.push(...mockOutput({ nvr, arch, root, start, end: start + span, results, failure }));
  if (hangs) return;
  work.later(task, span, () => {
    if (fault !== undefined) throw fault;
    work.close(task, result());
  });
}
