import {
  Branches,
  MergeRequests,
  ProjectMembers,
  Projects,
  Repositories,
  RepositoryFiles,
  Tags,
} from "@gitbeaker/rest";
import { isKind } from "../../../domain/errors.ts";
import type { ForgeEvent, MergeRequestEvent, Person } from "../../../domain/event.ts";
import type { Role } from "../../../domain/role.ts";
import type { ForgeFacts, MergeRequestPlace, Ref, RefState } from "../../../ports/forge.ts";
import { checkFilePath, checkName, orNone, toText } from "../file.ts";
import { type Reader, readObject } from "../reader.ts";
import { toMergeRequestOfApi } from "./convert.ts";
import { toProject } from "./repo.ts";
import { type ApiOptions, checkPath } from "./requester.ts";

interface Api {
  readonly branches: Branches;
  readonly files: RepositoryFiles;
  readonly members: ProjectMembers;
  readonly mergeRequests: MergeRequests;
  readonly projects: Projects;
  readonly repositories: Repositories;
  readonly tags: Tags;
}

/** `forge` is the name in our configuration. */
export function createGitLabFacts(options: ApiOptions, forge: string): ForgeFacts {
  const api: Api = {
    branches: new Branches(options),
    files: new RepositoryFiles(options),
    members: new ProjectMembers(options),
    mergeRequests: new MergeRequests(options),
    projects: new Projects(options),
    repositories: new Repositories(options),
    tags: new Tags(options),
  };
  return {
    changedPaths: (event) => changedPaths(api, event),
    file: (repo, at, path) => file(api, repo, at, path),
    role: (repo, person) => role(api, repo, person),
    ref: (repo, ref) => readRef(api, repo, ref),
    contains: (repo, branch, sha) => contains(api, repo, branch, sha),
    mergeRequest: (place) => mergeRequest(api, forge, place),
  };
}

async function changedPaths(api: Api, event: ForgeEvent): Promise<readonly string[] | null> {
  if (event.kind === "tag") return null;
  const project = checkPath(event.repo.path);
  if (event.kind === "merge_request") return diffPaths(api, project, event.mr);
  if (event.changed !== null || event.before === null) return event.changed;
  // Straight: what is different, also after a forced push.
  const read = api.repositories.compare(project, event.before, event.sha, { straight: true });
  const found = await orNone<unknown>(read);
  const compared = found === null ? null : readObject(found);
  // "timeout" stands for any limit of diffs: `overflow?` in lib/api/entities/compare.rb
  if (compared === null || compared.flag("compare_timeout")) return null;
  return pathsOf(compared.list("diffs"));
}

/** `changes_count` is text, `1000+` where some are left out, and null until GitLab has counted. */
async function diffPaths(api: Api, project: string, mr: number): Promise<string[] | null> {
  const seen: unknown = await api.mergeRequests.show(project, mr);
  const count = readObject(seen).textOr("changes_count", "");
  if (!/^\d+$/.test(count)) return null;
  const found: readonly unknown[] = await api.mergeRequests.allDiffs(project, mr, { perPage: 100 });
  return found.length < Number(count) ? null : pathsOf(readObject({ diffs: found }).list("diffs"));
}

/** Of a renamed file both names. */
function pathsOf(diffs: readonly Reader[]): string[] {
  return [...new Set(diffs.flatMap((diff) => [diff.text("old_path"), diff.text("new_path")]))];
}

async function file(api: Api, repo: string, at: string, path: string): Promise<string | null> {
  const read: Promise<unknown> = api.files.show(checkPath(repo), checkFilePath(path), at);
  const answer = await read.catch((error: unknown) => {
    // "404 Project Not Found" is about the token.
    const isAbsent = isKind(error, "rejected") && /404 (?:File|Commit) Not Found/i.test(error.message);
    if (!isAbsent) throw error;
    return null;
  });
  if (answer === null) return null;
  const found = readObject(answer);
  return toText(path, found.textOr("content", ""), found.count("size"));
}

/** Developer, Maintainer: https://docs.gitlab.com/api/access_requests/#valid-access-levels */
const LEVELS: readonly (readonly [number, Role])[] = [
  [40, "admin"],
  [30, "write"],
  [10, "read"],
];

/** Members of the project, of its groups, and of the groups it is shared with. */
async function role(api: Api, repo: string, { id }: Person): Promise<Role> {
  const read: Promise<unknown> = api.members.show(checkPath(repo), id, { includeInherited: true });
  const answer = await read.catch((error: unknown) => {
    // "404 Project Not Found" is about the token, "404 Not found" about the person.
    if (isKind(error, "rejected") && /: 404 404 Not found$/i.test(error.message)) return null;
    throw error;
  });
  if (answer === null) return "none";
  const member = readObject(answer);
  if (member.textOr("state", "active") !== "active") return "none";
  return LEVELS.find(([level]) => member.count("access_level") >= level)?.[1] ?? "none";
}

async function readRef(api: Api, repo: string, { kind, name }: Ref): Promise<RefState | null> {
  const found = await (kind === "tag" ? readTag(api, repo, name) : readBranch(api, repo, name));
  // `null` for a tag on something that is no commit.
  const sha = found?.maybe("commit")?.commit("id");
  if (!found || sha === undefined) return null;
  return { sha, protected: found.flag("protected") && !found.flag("developers_can_push") };
}

async function readBranch(api: Api, repo: string, name: string): Promise<Reader | null> {
  const found = await orNone<unknown>(api.branches.show(checkPath(repo), checkName(name)));
  return found === null ? null : readObject(found);
}

async function readTag(api: Api, repo: string, name: string): Promise<Reader | null> {
  const found = await orNone<unknown>(api.tags.show(checkPath(repo), checkName(name)));
  return found === null ? null : readObject(found);
}

/** By the branch's head: a tag of the branch's name could be meant otherwise. 400: the commit is not there. */
async function contains(api: Api, repo: string, name: string, sha: string): Promise<boolean> {
  const branch = await readBranch(api, repo, name);
  if (branch === null) return false;
  const head = branch.at("commit").commit("id");
  const read: Promise<unknown> = api.repositories.mergeBase(checkPath(repo), [head, sha]);
  const base = await read.catch((error: unknown) => {
    if (isKind(error, "rejected") && /^(?:400|404)$/.test(String(error.context.status))) return null;
    throw error;
  });
  return base !== null && readObject(base).commit("id") === sha;
}

/** The API names projects by number alone. */
async function mergeRequest(
  api: Api,
  forge: string,
  { repo, mr }: MergeRequestPlace,
): Promise<MergeRequestEvent | null> {
  const found = await orNone<unknown>(api.mergeRequests.show(checkPath(repo), mr));
  if (found === null) return null;
  const seen = readObject(found);
  const [target, from] = [seen.id("target_project_id"), seen.idOrNull("source_project_id")];
  const projectOf = async (id: number) => {
    const project = await orNone<unknown>(api.projects.show(id));
    return project === null ? null : toProject(readObject(project));
  };
  const repoOf = await projectOf(target);
  if (repoOf === null) return null;
  const source = from === null || from === target ? repoOf : await projectOf(from);
  return toMergeRequestOfApi(forge, seen, repoOf, from === null ? null : source);
}
