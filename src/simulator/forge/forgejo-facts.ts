import { type Answer, type Request, refuse, textOf } from "./exchange.ts";
import { ancestry, type Change, changes, commitsSince, mergeBase } from "./history.ts";
import {
  accessOf,
  type Comment,
  keyOf,
  keyOfRef,
  mayAs,
  type Pull,
  protectionsOf,
  type Repo,
  type State,
  type User,
} from "./state.ts";

// File names are those of Forgejo's sources (9 and newer, and much the same in Gitea).

const SWAGGER = "http://127.0.0.1/api/swagger";
/** `DEFAULT_PAGING_NUM` and `MAX_RESPONSE_ITEMS` in modules/setting/api.go */
const PAGE = { usual: 30, most: 50 };
/** `DEFAULT_MAX_BLOB_SIZE` there */
const MAX_BLOB = 10 * 1024 * 1024;
/** `[ui] REACTIONS` in modules/setting/ui.go */
const REACTIONS = new Set(["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"]);

/** What can be read of a repo, and reactions; null when it is another call. */
export function answerForgejoFacts(state: State, repo: Repo, request: Request): Answer | null {
  const [, , , kind = "", a = "", b = "", c = ""] = request.path;
  const call = `${request.method} ${request.path.length}`;
  const rest = request.path.slice(4).join("/");
  if (request.method === "POST") {
    if (kind !== "issues" || a !== "comments" || c !== "reactions" || call !== "POST 7") return null;
    return react(state, repo, Number(b), request);
  }
  if (request.method !== "GET") return null;
  if (kind === "branches") return getBranch(repo, rest, request.user);
  if (kind === "tags") return getTag(repo, rest);
  if (kind === "branch_protections" && call === "GET 4") return list(rulesOf(repo, request.user, "branch").map(toRule));
  if (kind === "tag_protections" && call === "GET 4")
    return list(rulesOf(repo, request.user, "tag").map(({ id, pattern }) => ({ id, name_pattern: pattern })));
  if (kind === "collaborators" && b === "permission" && call === "GET 6") return getPermission(state, repo, a, request);
  if (kind === "contents") return getContents(repo, rest, request.query.get("ref") ?? "");
  if (kind === "commits" && call === "GET 4") return getCommits(repo, request);
  if (kind === "pulls" && call === "GET 5") return getPull(state, repo, a);
  if (kind === "pulls" && b === "files" && call === "GET 6") return paged(request, pullFiles(repo, pullOf(repo, a)));
  return null;
}

/** `changeIssueCommentReaction` in routers/api/v1/repo/issue_reaction.go */
function react(state: State, repo: Repo, id: number, { user, body }: Request): Answer {
  const comment = [...repo.mergeRequests.values()].flat().find((each: Comment) => each.id === id) ?? notFound();
  const name = textOf(body, "content") ?? "";
  if (!REACTIONS.has(name)) wrong(403, `'${name}' is not an allowed reaction`);
  const known = comment.reactions.some((each) => each.name === name && each.by.login === user.login);
  if (!known) comment.reactions.push({ id: state.nextId(), by: user, name });
  return { status: known ? 200 : 201, body: { user: toUser(user), content: name } };
}

/** `ToBranch` in services/convert/convert.go: the rule's name is for administrators. */
function getBranch(repo: Repo, name: string, user: User): Answer {
  const ref = repo.refs.get(keyOfRef({ kind: "branch", name })) ?? notFound();
  const rule = protectionsOf(repo, ref)[0];
  const effective = rule !== undefined && mayAs(repo, user, "admin") ? rule.pattern : "";
  const told = { protected: rule !== undefined, effective_branch_protection_name: effective };
  return { status: 200, body: { name, commit: { id: ref.sha }, ...told } };
}

/** `ToTag`: the id is the tag object's. */
function getTag(repo: Repo, name: string): Answer {
  const ref = repo.refs.get(keyOfRef({ kind: "tag", name })) ?? notFound();
  return { status: 200, body: { name, id: ref.object ?? ref.sha, commit: { sha: ref.sha } } };
}

/** `reqAdmin` in routers/api/v1/api.go */
function rulesOf(repo: Repo, user: User, kind: "branch" | "tag") {
  if (!mayAs(repo, user, "admin"))
    wrong(403, "user should be an owner or a collaborator with admin write of a repository");
  return repo.protections.filter((rule) => rule.kind === kind);
}

function toRule({ pattern, open }: Repo["protections"][number]) {
  return { rule_name: pattern, enable_push: open === "all", enable_push_whitelist: false };
}

/** `GetRepoPermissions` in routers/api/v1/repo/collaborators.go */
function getPermission(state: State, repo: Repo, login: string, { user }: Request): Answer {
  if (user.login !== login && !mayAs(repo, user, "admin"))
    wrong(
      403,
      "Only admins can query all permissions, repo admins can query all repo permissions, collaborators can query only their own",
    );
  const person = state.users.get(login) ?? notFound();
  const access = accessOf(repo, person);
  return { status: 200, body: { permission: access, role_name: access, user: toUser(person) } };
}

/** `GetContents` in services/repository/files/content.go */
function getContents(repo: Repo, path: string, at: string): Answer {
  const files = repo.history.get(commitOf(repo, at))?.files ?? new Map<string, Buffer>();
  const inside = [...files.keys()].filter((each) => each.startsWith(`${path}/`));
  if (inside.length > 0) return list(inside.map((each) => ({ type: "file", path: each, size: 0 })));
  const content = files.get(path) ?? notFound();
  const shown = content.length > MAX_BLOB ? "" : content.toString("base64");
  return { status: 200, body: { type: "file", path, size: content.length, encoding: "base64", content: shown } };
}

/** `GetAllCommits` in routers/api/v1/repo/commits.go; the files of a commit are against its first parent, renames as both. */
function getCommits(repo: Repo, request: Request): Answer {
  const sha = commitOf(repo, request.query.get("sha") ?? "");
  const not = request.query.get("not");
  const known = not === null ? null : commitOf(repo, not, 500);
  const found = known === null ? ancestry(repo.history, sha) : commitsSince(repo.history, known, sha);
  const withFiles = request.query.get("files") !== "false";
  return paged(
    request,
    found.map((each) => ({ sha: each, files: withFiles ? filesOf(repo, each) : undefined })),
  );
}

function filesOf(repo: Repo, sha: string) {
  const found = changes(repo.history, repo.history.get(sha)?.parents[0] ?? null, sha);
  return found.flatMap(({ path, previous, status }) => [
    { filename: path, status: status === "renamed" ? "added" : status },
    ...(previous === null ? [] : [{ filename: previous, status: "removed" }]),
  ]);
}

/** A branch, a tag or a commit, in git's order. */
function commitOf(repo: Repo, name: string, otherwise: 404 | 500 = 404): string {
  const kinds = ["tag", "branch"] as const;
  const ref = kinds.map((kind) => repo.refs.get(keyOfRef({ kind, name }))).find((each) => each !== undefined);
  const sha = ref?.sha ?? name;
  if (repo.history.has(sha)) return sha;
  return otherwise === 404 ? notFound() : wrong(500, "");
}

function pullOf(repo: Repo, number: string): Pull {
  return repo.pulls.get(Number(number)) ?? notFound();
}

function pullFiles(repo: Repo, { branch, sha }: Pull) {
  const base = repo.refs.get(keyOfRef({ kind: "branch", name: branch }));
  const found = changes(repo.history, base ? mergeBase(repo.history, base.sha, sha) : null, sha);
  return found.map(({ path, previous, status }: Change) => ({
    ...{ filename: path, status },
    ...(previous === null ? {} : { previous_filename: previous }),
  }));
}

/** `ToAPIPullRequest` in services/convert/pull.go: the label is the source branch. */
function getPull(state: State, repo: Repo, number: string): Answer {
  const pull = pullOf(repo, number);
  const source = pull.source === null ? undefined : state.repos.get(keyOf("forgejo", pull.source));
  const base = { label: pull.branch, ref: pull.branch, repo: toRepo(repo) };
  const { sourceBranch: label, sha } = pull;
  const head = { label, ref: label, sha, repo: source ? toRepo(source) : null };
  const told = { number: pull.number, title: pull.title, body: pull.text, draft: pull.draft, base, head };
  const [isOpen, merged] = [pull.state === "open", pull.state === "merged"];
  const state_ = { state: isOpen ? "open" : "closed", merged, html_url: `${repo.webUrl}/pulls/${number}` };
  const people = { user: pull.by && toUser(pull.by), labels: pull.labels.map((name) => ({ name })) };
  return { status: 200, body: { ...told, ...state_, ...people } };
}

function toRepo({ id, path, webUrl }: Repo) {
  return { id, full_name: path, html_url: webUrl, clone_url: `${webUrl}.git` };
}

function paged({ query }: Request, all: readonly object[]): Answer {
  const limit = Math.min(Number(query.get("limit")) || PAGE.usual, PAGE.most);
  const page = Number(query.get("page")) || 1;
  const body = all.slice((page - 1) * limit, page * limit);
  return { status: 200, body, headers: { "x-total-count": String(all.length) } };
}

function list(body: readonly object[]): Answer {
  return { status: 200, body };
}

function toUser({ id, login }: User) {
  return { id, login, username: login, full_name: "", email: `${login}@noreply.example.org`, active: true };
}

function notFound(): never {
  return refuse(404, { message: "The target couldn't be found.", url: SWAGGER, errors: [] });
}

function wrong(status: number, message: string): never {
  return refuse(status, { message, url: SWAGGER });
}
