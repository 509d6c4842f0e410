import { type Answer, type Request, refuse, textOf } from "./exchange.ts";
import { answerForgejoFacts } from "./forgejo-facts.ts";
import {
  accessOf,
  type Comment,
  keyOf,
  mayAs,
  type Repo,
  type State,
  type Status,
  timestamp,
  type User,
} from "./state.ts";

// File names are those of Forgejo's sources (9 and newer, and much the same in Gitea).

const SWAGGER = "http://127.0.0.1/api/swagger";
/** `DEFAULT_PAGING_NUM` and `MAX_RESPONSE_ITEMS` in modules/setting/api.go */
const PAGE = { usual: 30, most: 50 };
/** `State` in models/git/commit_status.go is a VARCHAR(7); what it says is not looked at. */
const STATE_LENGTH = 7;

/** Forgejo's REST API, as far as the bridge uses it. */
export function answerForgejo(state: State, request: Request): Answer {
  const [root, owner = "", name = "", kind = "", a = "", b = ""] = request.path;
  const call = `${request.method} ${request.path.length}`;
  checkScope(request, root === "user" ? "user" : kind === "issues" ? "issue" : "repository");
  if (root === "user" && call === "GET 1") return { status: 200, body: toUser(request.user) };
  if (root !== "repos") return notFound();
  const repo = visible(state, `${owner}/${name}`, request.user);
  if (kind === "commits" && b === "status" && call === "GET 6") return getCombinedStatus(repo, a, request);
  if (kind === "statuses" && call === "POST 5") return createStatus(state, repo, a, request);
  if (kind === "issues" && a === "comments" && call === "PATCH 6") return editComment(repo, Number(b), request);
  if (kind === "issues" && a === "comments" && call === "DELETE 6") return deleteComment(repo, Number(b), request);
  if (kind === "issues" && b === "comments" && call === "GET 6") return getComments(commentsOf(repo, a));
  if (kind === "issues" && b === "comments" && call === "POST 6")
    return createComment(state, commentsOf(repo, a), request);
  return answerForgejoFacts(state, repo, request) ?? notFound();
}

/** `reqToken` in routers/api/v1/api.go; a token it does not know is as none. */
export const tokenRequired = { message: "token is required", url: SWAGGER };

/** `tokenRequiresScopes` in routers/api/v1/api.go: `write:` is `read:` as well, and `all` is everything. */
function checkScope({ method, token: { scopes } }: Request, category: string): void {
  const level = method === "GET" ? "read" : "write";
  const enough = ["all", `write:${category}`, `${level}:${category}`];
  if (scopes === null || scopes.some((scope) => enough.includes(scope))) return;
  wrong(403, `token does not have at least one of required scope(s): [${level}:${category}]`);
}

/** `repoAssignment` in routers/api/v1/api.go: a repo one may not see does not exist. */
function visible(state: State, path: string, user: User): Repo {
  const repo = state.repos.get(keyOf("forgejo", path));
  return repo === undefined || accessOf(repo, user) === "none" ? notFound() : repo;
}

/**
 * `GetCombinedCommitStatusByRef` in routers/api/v1/repo/status.go: the newest of each context, and the last written context first.
 * A commit that is not there has no statuses, and no statuses are null.
 */
function getCombinedStatus(repo: Repo, sha: string, request: Request): Answer {
  const newest = new Map<string, Status>();
  for (const status of repo.statuses.filter((each) => each.sha === sha).reverse())
    if (!newest.has(status.context)) newest.set(status.context, status);
  const all = [...newest.values()];
  const limit = Math.min(Number(request.query.get("limit")) || PAGE.usual, PAGE.most);
  const page = Number(request.query.get("page")) || 1;
  const statuses = all.slice((page - 1) * limit, page * limit).map(toStatus);
  if (statuses.length === 0) return { status: 200, body: { state: "", sha: "", total_count: 0, statuses: null } };
  const body = { state: "pending", sha, total_count: statuses.length, statuses };
  return { status: 200, body, headers: { "x-total-count": String(all.length) } };
}

function createStatus(state: State, repo: Repo, sha: string, { user, body }: Request): Answer {
  // `reqRepoWriter(unit.TypeCode)` in routers/api/v1/api.go
  if (!mayAs(repo, user, "write")) wrong(403, "user should have a permission to write to a repo");
  // Whatever goes wrong in `NewCommitStatus` (routers/api/v1/repo/status.go) is a 500, and production does not say what it was.
  const wanted = textOf(body, "state") ?? "";
  if (!repo.commits.has(sha) || wanted.length > STATE_LENGTH) wrong(500, "");
  const trimmed = (key: string) => textOf(body, key)?.trim() ?? "";
  const status: Status = {
    ...{ id: state.nextId(), sha, context: trimmed("context"), by: user, createdAt: timestamp(state), state: wanted },
    ...{ description: trimmed("description"), targetUrl: trimmed("target_url") || null },
    ...{ ref: null, pipeline: null, retried: false },
  };
  repo.statuses.push(status);
  return { status: 201, body: toStatus(status) };
}

/** `ListIssueComments` in routers/api/v1/repo/issue_comment.go: all at once, oldest first. */
function getComments(comments: readonly Comment[]): Answer {
  return { status: 200, body: comments.map(toComment), headers: { "x-total-count": String(comments.length) } };
}

function createComment(state: State, comments: Comment[], { user, body }: Request): Answer {
  const comment = { id: state.nextId(), by: user, createdAt: timestamp(state), body: checkBody(body), reactions: [] };
  comments.push(comment);
  return { status: 201, body: toComment(comment) };
}

function editComment(repo: Repo, id: number, { user, body }: Request): Answer {
  const text = checkBody(body);
  const { comment } = findComment(repo, id, user);
  comment.body = text;
  return { status: 200, body: toComment(comment) };
}

function deleteComment(repo: Repo, id: number, { user }: Request): Answer {
  const { comment, among } = findComment(repo, id, user);
  among.splice(among.indexOf(comment), 1);
  return { status: 204, body: null };
}

/** `editIssueComment`: one's own, or anybody's with write access; the refusal has no words. */
function findComment(repo: Repo, id: number, user: User): { comment: Comment; among: Comment[] } {
  for (const among of repo.mergeRequests.values()) {
    const comment = among.find((each) => each.id === id);
    if (comment === undefined) continue;
    if (comment.by.login !== user.login && !mayAs(repo, user, "write")) refuse(403, "");
    return { comment, among };
  }
  return notFound();
}

function commentsOf(repo: Repo, number: string): Comment[] {
  return repo.mergeRequests.get(Number(number)) ?? notFound();
}

/** `binding:"Required"` of the two comment options in modules/structs/issue_comment.go */
function checkBody(body: Request["body"]): string {
  return textOf(body, "body") || wrong(422, "[Body]: Required");
}

/** `NotFound` in services/context/api.go */
function notFound(): never {
  return refuse(404, { message: "The target couldn't be found.", url: SWAGGER, errors: [] });
}

/** `Error` in services/context/api.go */
function wrong(status: number, message: string): never {
  return refuse(status, { message, url: SWAGGER });
}

function toUser({ id, login }: User) {
  return { id, login, username: login, full_name: "", email: `${login}@noreply.example.org`, active: true };
}

/** services/convert/status.go: what is given as `state` is `status` here. */
function toStatus({ id, state, description, targetUrl, context, createdAt, by }: Status) {
  const text = { status: state, description: description ?? "", target_url: targetUrl ?? "", context };
  return { id, ...text, creator: toUser(by), created_at: createdAt, updated_at: createdAt };
}

function toComment({ id, body, by, createdAt }: Comment) {
  return { id, body, user: toUser(by), created_at: createdAt, updated_at: createdAt };
}
