import { isStruct, type XmlRpcStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import type { Core } from "../core.ts";
import { buildError, genericError } from "../fault.ts";
import { str, truthy } from "../python.ts";
import { isUsable } from "../repos.ts";
import type { Repo, Tag, Target, TaskRow } from "../rows.ts";
import { findTag, findTarget } from "../tags.ts";

/** What a build task is to do, with the checks kojid makes before anything else. */
export interface Goal {
  readonly target: Target | undefined;
  readonly buildTag: Tag;
  readonly destTag: Tag;
  readonly skipTag: boolean;
  readonly scratch: boolean;
  /** Only when asked for by `repo_id`. */
  readonly repo: Repo | undefined;
}

export function goalOf(core: Core, task: TaskRow, opts: XmlRpcStruct): Goal {
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
