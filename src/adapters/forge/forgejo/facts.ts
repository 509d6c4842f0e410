import type { ForgeEvent, Person, PushEvent } from "../../../domain/event.ts";
import { ROLES, type Role } from "../../../domain/role.ts";
import type { ForgeFacts, MergeRequestPlace, Ref, RefState } from "../../../ports/forge.ts";
import { checkFilePath, checkName, noFile, orNone, toText } from "../file.ts";
import { type Reader, readObject } from "../reader.ts";
import { toPull } from "./convert.ts";
import { isBranchGuarded, isTagGuarded } from "./protection.ts";
import { PER_PAGE, type Request, repoSegments } from "./requester.ts";

/** Reading more commits than this to learn a push's paths would take too long. */
const MAX_COMMITS = 500;

/** `forge` is the name in our configuration. */
export function createForgejoFacts(request: Request, forge: string): ForgeFacts {
  return {
    changedPaths: (event) => changedPaths(request, event),
    file: (repo, at, path) => file(request, repo, at, path),
    role: (repo, person) => role(request, repo, person),
    ref: (repo, ref) => readRef(request, repo, ref),
    contains: (repo, branch, sha) => contains(request, repo, branch, sha),
    mergeRequest: (place) => mergeRequest(request, forge, place),
  };
}

async function changedPaths(request: Request, event: ForgeEvent): Promise<readonly string[] | null> {
  if (event.kind === "merge_request") return pullPaths(request, event.repo.path, event.mr);
  if (event.kind === "tag") return null;
  return event.changed ?? pushPaths(request, event);
}

/**
 * The files of every commit it added. `compare` would be one call, but before Forgejo 10 it knows no commits, only branches and
 * tags (`parseCompareInfo` in routers/api/v1/repo/pull.go).
 */
async function pushPaths(request: Request, { repo, before, sha }: PushEvent): Promise<string[] | null> {
  if (before === null || !(await isAncestor(request, repo.path, before, sha))) return null;
  const commits: Reader[] = [];
  for (let page = 1; ; page++) {
    const more = await commitsSince(request, repo.path, sha, before, { page, limit: PER_PAGE, files: true });
    commits.push(...(more ?? []));
    if (commits.length > MAX_COMMITS) return null;
    if (more === null || more.length === 0) break;
  }
  return unique(commits.flatMap((commit) => commit.list("files").map((file) => file.text("filename"))));
}

async function pullPaths(request: Request, repo: string, mr: number): Promise<string[]> {
  const files: Reader[] = [];
  for (let page = 1; ; page++) {
    const query = { page, limit: PER_PAGE };
    const { data } = await request("GET", [...repoSegments(repo), "pulls", mr, "files"], { query });
    const more = readObject({ files: data }).list("files");
    files.push(...more);
    if (more.length === 0) break;
  }
  return unique(files.flatMap((file) => [file.text("filename"), file.textOr("previous_filename", "")]));
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths.filter((path) => path !== ""))];
}

/** What `sha` has and `not` has not; null when either is not there. */
async function commitsSince(
  request: Request,
  repo: string,
  sha: string,
  not: string,
  { page, limit, files }: { page: number; limit: number; files: boolean },
): Promise<Reader[] | null> {
  const query = { sha, not, page, limit, files, stat: false, verification: false };
  const answer = await orNone(request("GET", [...repoSegments(repo), "commits"], { query }));
  return answer && readObject({ commits: answer.data }).list("commits");
}

async function isAncestor(request: Request, repo: string, ancestor: string, sha: string): Promise<boolean> {
  const missing = await commitsSince(request, repo, ancestor, sha, { page: 1, limit: 1, files: false });
  return missing?.length === 0;
}

async function file(request: Request, repo: string, at: string, path: string): Promise<string | null> {
  const segments = [...repoSegments(repo), "contents", ...checkFilePath(path).split("/")];
  const answer = await orNone(request("GET", segments, { query: { ref: at } }));
  if (answer === null) return null;
  if (Array.isArray(answer.data)) throw noFile(path, "it is a directory");
  const found = readObject(answer.data);
  const type = found.text("type");
  if (type !== "file") throw noFile(path, `it is a ${type}`);
  // Larger than `DEFAULT_MAX_BLOB_SIZE` has no content.
  return toText(path, found.textOr("content", ""), found.count("size"));
}

/**
 * Only administrators of the repo may ask for others (`GetRepoPermissions` in routers/api/v1/repo/collaborators.go). Logins change
 * hands, ids do not.
 */
async function role(request: Request, repo: string, { id, login }: Person): Promise<Role> {
  if (login === null) return "none";
  const segments = [...repoSegments(repo), "collaborators", checkName(login), "permission"];
  const answer = await orNone(request("GET", segments));
  if (answer === null) return "none";
  const found = readObject(answer.data);
  if (found.maybe("user")?.id("id") !== id) return "none";
  const permission = found.text("permission");
  return permission === "owner" ? "admin" : (ROLES.find((each) => each === permission) ?? "none");
}

async function readRef(request: Request, repo: string, { kind, name }: Ref): Promise<RefState | null> {
  if (kind === "tag") {
    const segments = [...repoSegments(repo), "tags", ...checkFilePath(name).split("/")];
    const answer = await orNone(request("GET", segments));
    if (answer === null) return null;
    const sha = readObject(answer.data).at("commit").commit("sha");
    return { sha, protected: await isTagGuarded(request, repo, name) };
  }
  const branch = await readBranch(request, repo, name);
  if (branch === null) return null;
  return { sha: branch.at("commit").commit("id"), protected: await isBranchGuarded(request, repo, branch) };
}

async function contains(request: Request, repo: string, name: string, sha: string): Promise<boolean> {
  const branch = await readBranch(request, repo, name);
  return branch !== null && isAncestor(request, repo, sha, branch.at("commit").commit("id"));
}

async function readBranch(request: Request, repo: string, name: string): Promise<Reader | null> {
  const segments = [...repoSegments(repo), "branches", ...checkFilePath(name).split("/")];
  const answer = await orNone(request("GET", segments));
  return answer && readObject(answer.data);
}

async function mergeRequest(request: Request, forge: string, { repo, mr }: MergeRequestPlace) {
  const answer = await orNone(request("GET", [...repoSegments(repo), "pulls", mr]));
  if (answer === null) return null;
  const pull = readObject(answer.data);
  const action = pull.flag("merged") ? "merged" : pull.text("state") === "closed" ? "closed" : "updated";
  return toPull(forge, pull, action, pull.maybe("user")?.text("login") ?? "ghost");
}
