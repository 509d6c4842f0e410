import { isStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { buildsIn, tagBuild } from "../builds.ts";
import type { Core } from "../core.ts";
import { buildError, genericError } from "../fault.ts";
import { find } from "../find.ts";
import { formatNvr } from "../nvr.ts";
import { str, truthy } from "../python.ts";
import { findRepo, finishRepo, initRepo, requestRepo } from "../repos.ts";
import type { TaskRow } from "../rows.ts";
import { buildConfigOf, findTag, findTarget, lastChangeOf } from "../tags.ts";
import { childrenOf } from "../tasks.ts";
import { toRepoInfo } from "../views.ts";
import { optsOf } from "./plan.ts";
import type { Step, Work } from "./scheduler.ts";
import { isScmUrl } from "./source.ts";

export const tagBuildStep: Step = (task, work) => {
  const { db } = work.core;
  const [tagId, buildId] = task.request;
  const tag = db.tags.get(Number(tagId));
  const build = db.builds.get(Number(buildId));
  if (tag === undefined || build === undefined) throw genericError(`No such build: ${str(buildId ?? null)}`);
  work.later(task, work.timingOf(task).tag, () => {
    tagBuild(work.core, build, tag);
    work.close(task, null);
  });
};

/** `[tag, newer_than, nvrs, min_event]`: looks every few seconds, like kojid, whether builds and repo are there. */
export const waitRepoStep: Step = (task, work) => {
  const { core } = work;
  const [tagName = null, , nvrs = null, minEvent = null] = task.request;
  const tag = findTag(core, tagName);
  if (tag === undefined) throw genericError(`Invalid tag: ${str(tagName)}`);
  const wanted = Array.isArray(nvrs) ? nvrs.map(str) : [];
  let since: number | undefined;
  const look = (): void => {
    const tagged = new Set(buildsIn(core, tag, true).map(({ build }) => formatNvr(build)));
    if (wanted.every((nvr) => tagged.has(nvr))) {
      since ??= wanted.length > 0 ? lastChangeOf(core, tag) : Number(minEvent ?? 0);
      const repo = findRepo(core, tag, since);
      if (repo !== undefined) {
        work.close(task, toRepoInfo(core, repo));
        return;
      }
      requestRepo(core, tag, task.owner, since);
    }
    work.later(task, work.timingOf(task).repo, look);
  };
  look();
};

/** One createrepo per arch. The tag of `newRepo(tag)` is a name or, from kojira, a struct. */
export const newRepoStep: Step = (task, work) => {
  const { core } = work;
  const first: XmlRpcValue = task.request[0] ?? null;
  const tag = findTag(core, isStruct(first) ? (first.id ?? null) : first);
  if (tag === undefined) throw genericError(`No such tag: ${str(first)}`);
  const known = find(core.db.repos.values(), (repo) => repo.task === task.id);
  const repo = known ?? initRepo(core, tag, task.id);
  const arches = new Set((buildConfigOf(core, tag).arches ?? "").split(" ").filter((arch) => arch !== ""));
  if (known === undefined && arches.size > 0) {
    for (const arch of arches) work.spawn(task, { method: "createrepo", request: [repo.id, arch, null], label: arch });
    return;
  }
  if (childrenOf(core, task.id).some((child) => child.state !== "CLOSED")) return;
  finishRepo(core, repo);
  work.close(task, [repo.id, repo.createEvent]);
};

export const createRepoStep: Step = (task, work) => {
  work.later(task, work.timingOf(task).repo, () => {
    work.close(task, [`tasks/${task.id % 10000}/${task.id}`, ["repomd.xml", "primary.xml.gz", "filelists.xml.gz"]]);
  });
};

/** Level after level; the next one waits until the builds of the one before are in the repo. */
export const chainBuildStep: Step = (task, work) => {
  const [levels = null, targetName = null] = task.request;
  const opts = optsOf(task);
  if (truthy(opts.scratch)) throw buildError("--scratch is not allowed with chain-builds");
  const target = findTarget(work.core, targetName);
  if (target === undefined) throw genericError(`unknown build target: ${str(targetName)}`);
  const children = childrenOf(work.core, task.id);
  if (children.some((child) => child.state !== "CLOSED")) return;
  const lists = Array.isArray(levels) ? levels : [];
  const next = lists.findIndex((_, n) => !children.some((child) => child.label?.startsWith(`build ${n},`)));
  if (next < 0) return work.close(task, null);
  const nvrs = next === 0 ? [] : builtIn(work.core, children, next - 1);
  if (nvrs.length > 0 && !children.some((child) => child.label === `wait ${next}`)) {
    const tag = work.core.db.tags.get(target.buildTag)?.name ?? "";
    work.spawn(task, { method: "waitrepo", request: [tag, null, nvrs], label: `wait ${next}` });
    return;
  }
  startLevel(task, work, next, lists[next] ?? null, targetName);
};

function startLevel(task: TaskRow, work: Work, level: number, sources: XmlRpcValue, target: XmlRpcValue): void {
  const list = Array.isArray(sources) ? sources : [];
  list.forEach((source, n) => {
    if (isScmUrl(str(source)))
      work.spawn(task, {
        method: "build",
        request: [source, target, task.request[2] ?? {}],
        label: `build ${level},${n}`,
      });
  });
}

function builtIn(core: Core, children: TaskRow[], level: number): string[] {
  const ids = children.filter((child) => child.label?.startsWith(`build ${level},`)).map((child) => child.id);
  return [...core.db.builds.values()].filter((build) => ids.includes(build.task ?? 0)).map(formatNvr);
}
