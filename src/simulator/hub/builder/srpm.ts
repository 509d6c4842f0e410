import { createHash } from "node:crypto";
import type { Core } from "../core.ts";
import { buildError, genericError, type HubFault } from "../fault.ts";
import { formatNvr, nvrOfCommit, parseNvr } from "../nvr.ts";
import { str } from "../python.ts";
import type { TaskRow } from "../rows.ts";
import { buildConfigOf } from "../tags.ts";
import { toFile } from "./logs.ts";
import { addBuildroot, infraFault, logPaths, mockFault, runMock, taskPath } from "./mock.ts";
import type { Outcome } from "./outcome.ts";
import { buildrootOf, distOf, type Plans } from "./plan.ts";
import type { Step } from "./scheduler.ts";
import { checkAccess, parseScmUrl } from "./source.ts";

/** kojid's buildSRPMFromSCM: `[url, build_tag, {repo_id}]`. */
export function srpmFromScmStep(plans: Plans): Step {
  return (task, work) => {
    const url = str(task.request[0] ?? null);
    const plan = plans.of(task) ?? { result: "success" };
    const { root, broot } = prepare(work.core, task);
    const source = parseScmUrl(url);
    checkSource(work.core, task, url);
    const clone = `${source.scheme.slice(4)}${source.host}${source.path}`;
    if (plan.result === "checkout") throw failCheckout(work.core, task, plan, clone, broot.chroot, source.packageName);
    const nvr = formatNvr(nvrOfCommit(source.packageName, source.revision, distOf(root.repo)));
    runMock(task, work, {
      nvr,
      arch: "noarch",
      chroot: broot.chroot,
      duration: work.timingOf(task).srpm,
      results: [`${nvr}.src.rpm`],
      checkout: clone,
      fault: srpmFault(plan),
      plan,
      value: () => ({ ...toResult(task, nvr, broot.id), source: { url: pinned(url), source: url } }),
    });
  };
}

/** kojid's rebuildSRPM: the release gets the build tag's dist. */
export function rebuildSrpmStep(plans: Plans): Step {
  return (task, work) => {
    const path = str(task.request[0] ?? null);
    const plan = plans.of(task) ?? { result: "success" };
    const { root, broot } = prepare(work.core, task);
    const nvr = nvrOfUpload(work.core, path, distOf(root.repo));
    const file = `${nvr}.src.rpm`;
    runMock(task, work, {
      nvr,
      arch: "noarch",
      chroot: broot.chroot,
      duration: work.timingOf(task).srpm,
      results: [file],
      checkout: undefined,
      fault: srpmFault(plan),
      plan,
      value: () => ({ ...toResult(task, nvr, broot.id), source: { source: file, url: file } }),
    });
  };
}

function prepare(core: Core, task: TaskRow) {
  const root = buildrootOf(core, task.request[1], task.request[2]);
  if (root === undefined) throw genericError("No such repo");
  if (!buildConfigOf(core, root.tag).arches) throw buildError(`No arch list for tag: ${root.tag.name}`);
  return { root, broot: addBuildroot(core, task, "noarch", root) };
}

function toResult(task: TaskRow, nvr: string, brootid: number) {
  return { srpm: taskPath(task, `${nvr}.src.rpm`), logs: logPaths(task), brootid };
}

function nvrOfUpload(core: Core, path: string, dist: string): string {
  if (!core.db.uploads.has(path)) throw buildError(`Input SRPM file missing: /mnt/koji/work/${path}`);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const nvr = parseNvr(name.replace(/\.src\.rpm$/, ""));
  if (nvr === undefined || !name.endsWith(".src.rpm")) throw buildError(`${path} is not a source package`);
  return formatNvr({ ...nvr, release: nvr.release.endsWith(dist) ? nvr.release : `${nvr.release}${dist}` });
}

function checkSource(core: Core, task: TaskRow, url: string): void {
  const source = parseScmUrl(url);
  const user = core.db.users.get(task.owner)?.name ?? "";
  const reason = core.settings.policy.scm({ host: source.host, path: source.path, user });
  if (reason !== null) throw buildError(`SCM: ${source.host}:${source.path} is not allowed, reason: ${reason}`);
  checkAccess(url, source);
}

function failCheckout(core: Core, task: TaskRow, plan: Outcome, clone: string, chroot: string, name: string): HubFault {
  const now = core.clock.now();
  const text = plan.logs?.["checkout.log"] ?? `$ git clone -n ${clone}\nfatal: repository '${clone}' not found\n`;
  task.output.push(toFile("checkout.log", now, now, () => text));
  const command = `git clone -n ${clone} /var/lib/mock/${chroot}/root/chroot_tmpdir/scmroot/${name}`;
  return buildError(`Error running GIT command "${command}", see checkout.log for details`);
}

/** A branch or tag becomes the commit it stood for. */
function pinned(url: string): string {
  const { revision } = parseScmUrl(url);
  if (/^[0-9a-f]{40}$/.test(revision)) return url;
  return `${url.slice(0, url.lastIndexOf("#"))}#${createHash("sha1").update(revision).digest("hex")}`;
}

function srpmFault(plan: Outcome): HubFault | undefined {
  if (plan.result === "infra") return infraFault();
  return plan.result === "srpm" ? mockFault("error building srpm", plan.exit) : undefined;
}
