import { type Answer, paged, type Request, refuse } from "./exchange.ts";
import { type Change, changes, mergeBase } from "./history.ts";
import {
  type Access,
  accessOf,
  keyOf,
  keyOfRef,
  mayAs,
  type PointedRef,
  type Pull,
  protectionsOf,
  type Repo,
  type State,
  type User,
} from "./state.ts";

/** `diff_max_files` of the instance, 1000 unless set otherwise: https://docs.gitlab.com/administration/diff_limits/ */
const MAX_FILES = 1000;
/** https://docs.gitlab.com/api/access_requests/#valid-access-levels */
const LEVELS: Readonly<Record<Access, number>> = { none: 0, read: 20, write: 30, admin: 40 };

/** What can be read of a project; null when it is another call. */
export function answerGitLabFacts(state: State, repo: Repo, request: Request): Answer | null {
  const [, , kind = "", a = "", b = "", c = ""] = request.path;
  const call = `${request.method} ${request.path.length}`;
  if (call === "GET 2") return { status: 200, body: toProject(repo) };
  if (kind === "members" && a === "all" && call === "GET 5") return getMember(state, repo, b);
  if (kind === "merge_requests" && call === "GET 4") return getMergeRequest(state, repo, a);
  if (kind === "merge_requests" && b === "diffs" && call === "GET 5")
    return paged(request, diffsOf(repo, pullOf(repo, a)).slice(0, MAX_FILES).map(toDiff), 20);
  if (kind !== "repository") return null;
  if (a === "branches" && call === "GET 5") return getBranch(repo, b, request.user);
  if (a === "tags" && call === "GET 5") return getTag(repo, b);
  if (a === "compare" && call === "GET 4") return compare(repo, request.query);
  if (a === "merge_base" && call === "GET 4") return getMergeBase(repo, request.query);
  if (a === "files" && call === "GET 5" && c === "") return getFile(repo, b, request.query.get("ref"));
  return null;
}

/** lib/api/members.rb: `find_by!`, with nothing said of what was not found. */
function getMember(state: State, repo: Repo, id: string): Answer {
  const user = [...state.users.values()].find((each) => String(each.id) === id);
  const isMember = user !== undefined && repo.access.has(user.login) && accessOf(repo, user) !== "none";
  if (!isMember) return notFound("Not found");
  return { status: 200, body: { ...toUser(user), access_level: LEVELS[accessOf(repo, user)] } };
}

function getMergeRequest(state: State, repo: Repo, iid: string): Answer {
  const pull = pullOf(repo, iid);
  const { number, title, text, sha, branch, sourceBranch, draft, labels, by } = pull;
  const source = pull.source === null ? null : state.repos.get(keyOf("gitlab", pull.source));
  const count = diffsOf(repo, pull).length;
  const told = { iid: number, title, description: text, sha, target_branch: branch, source_branch: sourceBranch };
  const projects = { target_project_id: repo.id, source_project_id: source?.id ?? null };
  const state_ = { state: pull.state === "open" ? "opened" : pull.state, draft, labels };
  const rest = { author: by && toUser(by), web_url: `${repo.webUrl}/-/merge_requests/${number}` };
  // `modified_paths` in app/models/merge_request_diff.rb; text, and with a plus where files are left out.
  const changes_count = count > MAX_FILES ? `${MAX_FILES}+` : count === 0 ? null : String(count);
  return { status: 200, body: { ...told, ...projects, ...state_, ...rest, changes_count } };
}

function pullOf(repo: Repo, iid: string): Pull {
  return repo.pulls.get(Number(iid)) ?? notFound("Not found");
}

function diffsOf(repo: Repo, { branch, sha }: Pull): Change[] {
  const base = repo.refs.get(keyOfRef({ kind: "branch", name: branch }));
  return changes(repo.history, base ? mergeBase(repo.history, base.sha, sha) : null, sha);
}

function toDiff({ path, previous, status }: Change) {
  const kinds = {
    new_file: status === "added",
    deleted_file: status === "removed",
    renamed_file: status === "renamed",
  };
  return { old_path: previous ?? path, new_path: path, diff: "", ...kinds };
}

/** lib/api/entities/branch.rb */
function getBranch(repo: Repo, name: string, user: User): Answer {
  const ref = repo.refs.get(keyOfRef({ kind: "branch", name })) ?? notFound("Branch Not Found");
  const rules = protectionsOf(repo, ref);
  const open = rules.some((rule) => rule.open === "all");
  const can = { developers_can_push: open, developers_can_merge: open, can_push: mayAs(repo, user, "write") };
  return { status: 200, body: { name, commit: { id: ref.sha }, protected: rules.length > 0, ...can } };
}

function getTag(repo: Repo, name: string): Answer {
  const ref: PointedRef = repo.refs.get(keyOfRef({ kind: "tag", name })) ?? notFound("Tag Not Found");
  const isProtected = protectionsOf(repo, ref).length > 0;
  return {
    status: 200,
    body: { name, target: ref.object ?? ref.sha, commit: { id: ref.sha }, protected: isProtected },
  };
}

/** lib/api/repositories.rb */
function compare(repo: Repo, query: URLSearchParams): Answer {
  const [from, to] = ["from", "to"].map((key) => commitOf(repo, query.get(key) ?? "") ?? notFound("Ref Not Found"));
  const straight = query.get("straight") === "true";
  const base = straight ? from : mergeBase(repo.history, from ?? "", to ?? "");
  const found = changes(repo.history, base ?? null, to ?? "");
  const diffs = found.slice(0, MAX_FILES).map(toDiff);
  const told = { compare_timeout: found.length > MAX_FILES, compare_same_ref: from === to };
  return { status: 200, body: { commits: [], diffs, ...told } };
}

function getMergeBase(repo: Repo, query: URLSearchParams): Answer {
  const refs = (query.get("refs") ?? query.getAll("refs[]").join(",")).split(",");
  if (refs.length < 2) refuse(400, { message: "Provide at least 2 refs" });
  const unknown = refs.filter((ref) => commitOf(repo, ref) === null);
  if (unknown.length > 0)
    refuse(400, { message: `Could not find ref${unknown.length > 1 ? "s" : ""}: ${unknown.join(", ")}` });
  const [a = "", b = ""] = refs.map((ref) => commitOf(repo, ref) ?? "");
  const base = mergeBase(repo.history, a, b) ?? notFound("Merge Base Not Found");
  return { status: 200, body: { id: base } };
}

/** A branch, a tag or a commit, in git's order. */
function commitOf(repo: Repo, name: string): string | null {
  const kinds = ["tag", "branch"] as const;
  const ref = kinds.map((kind) => repo.refs.get(keyOfRef({ kind, name }))).find((each) => each !== undefined);
  const sha = ref?.sha ?? name;
  return repo.history.has(sha) ? sha : null;
}

/** lib/api/files.rb: a directory is no blob. */
function getFile(repo: Repo, path: string, at: string | null): Answer {
  if (!at) refuse(400, { error: "ref is missing, ref is empty" });
  const sha = commitOf(repo, at) ?? notFound("Commit Not Found");
  const content = repo.history.get(sha)?.files.get(path) ?? notFound("File Not Found");
  const told = { file_path: path, size: content.length, encoding: "base64", content: content.toString("base64") };
  return { status: 200, body: { ...told, ref: at, commit_id: sha } };
}

function toProject({ id, path, webUrl }: Repo) {
  return { id, path_with_namespace: path, web_url: webUrl, http_url_to_repo: `${webUrl}.git` };
}

function toUser({ id, login }: User) {
  return { id, username: login, name: login, state: "active" };
}

function notFound(what: string): never {
  return refuse(404, { message: `404 ${what}` });
}
