import { isStruct, type XmlRpcStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import type { Core } from "../core.ts";
import { str } from "../python.ts";
import type { Repo, Tag, TaskRow } from "../rows.ts";
import { type BuildSubject, DEFAULT_TIMING, type Outcome, type Timing } from "./outcome.ts";
import { isScmUrl } from "./source.ts";

/** What the hook decided for one build task, asked once, when it is first needed. */
export interface Plans {
  /** The plan of the `build` task this task belongs to; undefined for tasks of no build. */
  of(task: TaskRow): Outcome | undefined;
  timingOf(task: TaskRow): Timing;
}

export function createPlans(core: Core, decide: (subject: BuildSubject) => Outcome, timing: Partial<Timing>): Plans {
  const plans = new Map<number, Outcome>();
  const of = (task: TaskRow): Outcome | undefined => {
    const build = buildTaskOf(core, task);
    if (build === undefined) return undefined;
    const known = plans.get(build.id);
    if (known !== undefined) return known;
    const plan = decide(toSubject(core, build));
    plans.set(build.id, plan);
    return plan;
  };
  const timingOf = (task: TaskRow) => ({ ...DEFAULT_TIMING, ...timing, ...of(task)?.timing });
  return { of, timingOf };
}

function buildTaskOf(core: Core, task: TaskRow): TaskRow | undefined {
  for (let one: TaskRow | undefined = task; one !== undefined; one = core.db.tasks.get(one.parent ?? 0))
    if (one.method === "build") return one;
  return undefined;
}

function toSubject(core: Core, task: TaskRow): BuildSubject {
  const [source = null, target = null] = task.request;
  return {
    task: task.id,
    source: str(source),
    target: typeof target === "string" ? target : null,
    opts: optsOf(task),
    packageName: packageNameOf(str(source)),
    owner: core.db.users.get(task.owner)?.name ?? "",
  };
}

/** The options a build was asked for; whatever is no struct counts as none. */
export function optsOf(task: TaskRow): XmlRpcStruct {
  const opts = task.request[2];
  return isStruct(opts) ? opts : {};
}

/** Lenient, since the hook is asked before the builder looks at the source. */
function packageNameOf(source: string): string {
  const [address = ""] = source.split(/[#?]/);
  const last = address.slice(address.lastIndexOf("/") + 1).replace(/\.git$/, "");
  return isScmUrl(source) ? last : last.replace(/-[^-]+-[^-]+$/, "");
}

/** `%dist` as of the repo: a macro changed later is not seen (transcripts, "Builds and tasks"). */
export function distOf(repo: Repo): string {
  const value = repo.extra.get("rpm.macro.dist");
  return value === undefined ? "" : str(value);
}

/** The repo and build tag a subtask was given by id. */
export function buildrootOf(
  core: Core,
  tagId: XmlRpcValue | undefined,
  opts: XmlRpcValue | undefined,
): { tag: Tag; repo: Repo } | undefined {
  const tag = core.db.tags.get(Number(tagId));
  const repo = isStruct(opts) ? core.db.repos.get(Number(opts.repo_id)) : undefined;
  return tag === undefined || repo === undefined ? undefined : { tag, repo };
}
