import type { Core } from "../core.ts";
import { genericError, type HubFault, pythonError } from "../fault.ts";
import { str } from "../python.ts";
import type { TaskRow } from "../rows.ts";
import { childrenOf } from "../tasks.ts";
import { addBuildroot, logPaths, mockFault, runMock, taskPath } from "./mock.ts";
import type { Outcome } from "./outcome.ts";
import { buildrootOf, type Plans } from "./plan.ts";
import type { Step } from "./scheduler.ts";

/** kojid's buildArch: `[srpm, build_tag, arch, keep_srpm, {repo_id}]`. */
export function archStep(plans: Plans): Step {
  return (task, work) => {
    const srpm = str(task.request[0] ?? null);
    const arch = str(task.request[2] ?? null);
    const plan = plans.of(task) ?? { result: "success" };
    const root = buildrootOf(work.core, task.request[1], task.request[4]);
    if (root === undefined) throw genericError("No such repo");
    const broot = addBuildroot(work.core, task, arch, root);
    const nvr = srpm.slice(srpm.lastIndexOf("/") + 1).replace(/\.src\.rpm$/, "");
    const rpm = `${nvr}.${arch}.rpm`;
    const sources = task.request[3] === true ? [`${nvr}.src.rpm`] : [];
    const paths = (names: string[]) => names.map((name) => taskPath(task, name));
    runMock(task, work, {
      nvr,
      arch,
      chroot: broot.chroot,
      duration: work.timingOf(task).buildArch,
      results: [rpm, ...sources],
      checkout: undefined,
      fault: isVictim(work.core, task, plan, arch) ? archFault(plan, arch, nvr) : undefined,
      plan,
      value: () => ({ rpms: paths([rpm]), srpms: paths(sources), logs: logPaths(task), brootid: broot.id }),
    });
  };
}

/** The arch the plan names, if it is built at all; else the first. */
function isVictim(core: Core, task: TaskRow, plan: Outcome, arch: string): boolean {
  if (plan.result !== "fail" && plan.result !== "crash") return false;
  const siblings = childrenOf(core, task.parent ?? 0).filter((one) => one.method === "buildArch");
  const arches = siblings.map((one) => one.label);
  return arch === (plan.arch !== undefined && arches.includes(plan.arch) ? plan.arch : arches[0]);
}

function archFault(plan: Outcome, arch: string, nvr: string): HubFault {
  if (plan.result === "crash")
    return pythonError("RuntimeError", `builder bug: simulated crash in buildArch for ${nvr}`);
  return mockFault(`error building package (arch ${arch})`, plan.exit);
}
