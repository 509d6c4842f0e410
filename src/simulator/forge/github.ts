import { type Answer, paged, type Request, refuse, textOf } from "./exchange.ts";
import { answerGitHubApp } from "./github-app.ts";
import { answerGitHubChecks } from "./github-checks.ts";
import { answerGitHubConversation } from "./github-conversation.ts";
import { answerGitHubFacts, getUserById } from "./github-facts.ts";
import { answerGitHubHooks } from "./github-hooks.ts";
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

const STATES = new Set(["error", "failure", "pending", "success"]);
const MAX_DESCRIPTION = 140;
const MAX_BODY = 65_536;
// "there is a limit of 1000 statuses per sha and context within a repository":
// https://docs.github.com/en/rest/commits/statuses#create-a-commit-status
const MAX_STATUSES = 1000;

/** GitHub's REST API, as far as the bridge uses it. Everything else is 404, as an unknown path is there. */
export function answerGitHub(state: State, request: Request): Answer {
  const [root, owner = "", name = "", kind = "", a = "", b = ""] = request.path;
  const call = `${request.method} ${request.path.length}`;
  if (request.app !== undefined) return answerGitHubApp(state, request.app, request) ?? refuse(401, badCredentials);
  if (root === "user" && call === "GET 1") return getUser(request);
  if (root === "user" && call === "GET 2") return getUserById(state, owner);
  if (root !== "repos") return notFound();
  if (request.method !== "GET" && !mayWrite(request, kind)) return notFound();
  // An installation's token is for the repos of one owner.
  if (request.token.app && request.token.app.owner.toLowerCase() !== owner.toLowerCase()) return notFound();
  const repo = visible(state, `${owner}/${name}`, request.user);
  if (kind === "commits" && b === "status" && call === "GET 6") return getCombinedStatus(repo, a, request);
  if (kind === "statuses" && call === "POST 5") return createStatus(state, repo, a, request);
  if (kind === "issues" && a === "comments" && call === "PATCH 6") return editComment(repo, Number(b), request);
  if (kind === "issues" && a === "comments" && call === "DELETE 6") return deleteComment(repo, Number(b), request);
  if (kind === "issues" && b === "comments" && call === "GET 6")
    return paged(request, commentsOf(repo, a).map(toComment), 30);
  if (kind === "issues" && b === "comments" && call === "POST 6")
    return createComment(state, commentsOf(repo, a), request);
  const other = answerGitHubFacts(state, repo, request) ?? answerGitHubConversation(state, repo, request);
  return other ?? answerGitHubChecks(state, repo, request) ?? answerGitHubHooks(state, repo, request) ?? notFound();
}

/** "Bad credentials": https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#failed-login-limit */
export const badCredentials = {
  message: "Bad credentials",
  documentation_url: "https://docs.github.com/rest",
  status: "401",
};

/** A private repo one may not see does not exist: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource */
function visible(state: State, path: string, user: User): Repo {
  const repo = state.repos.get(keyOf("github", path));
  return repo === undefined || accessOf(repo, user) === "none" ? notFound() : repo;
}

/** Scopes of classic tokens: https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps */
function mayWrite({ token: { scopes } }: Request, kind: string): boolean {
  const wanted = ["repo", "public_repo", ...(kind === "statuses" ? ["repo:status"] : [])];
  return scopes === null || scopes.some((scope) => wanted.includes(scope));
}

function getUser({ user, token: { scopes, expiresAt } }: Request): Answer {
  // https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible
  if (user.isBot) refuse(403, { message: "Resource not accessible by integration" });
  // Tokens that are no classic ones have no such header.
  const given = scopes === null ? {} : { "x-oauth-scopes": scopes.join(", ") };
  // https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation
  const expiry = expiresAt === null ? {} : { "github-authentication-token-expiration": `${expiresAt} 00:00:00 UTC` };
  return { status: 200, body: toUser(user), headers: { ...given, ...expiry } };
}

function getCombinedStatus(repo: Repo, sha: string, request: Request): Answer {
  checkCommit(repo, sha);
  const newest = new Map(
    repo.statuses.filter((status) => status.sha === sha).map((status) => [status.context, status]),
  );
  const page = paged(request, [...newest.values()].map(toStatus), 30);
  return { ...page, body: { sha, state: "pending", total_count: newest.size, statuses: page.body } };
}

function createStatus(state: State, repo: Repo, sha: string, { user, body }: Request): Answer {
  // A fine-grained token without "Commit statuses: write".
  if (!mayAs(repo, user, "write")) refuse(403, { message: "Resource not accessible by personal access token" });
  checkCommit(repo, sha);
  const context = textOf(body, "context") ?? "default";
  const description = textOf(body, "description");
  const targetUrl = textOf(body, "target_url");
  if (!STATES.has(textOf(body, "state") ?? "")) invalid("Status", "state", "state is not included in the list");
  // Seen by https://github.com/zalando/zappr/issues/378
  if ([...(description ?? "")].length > MAX_DESCRIPTION) {
    invalid("Status", "description", `description is too long (maximum is ${MAX_DESCRIPTION} characters)`);
  }
  // Seen by https://github.com/ouzi-dev/commit-status-updater/issues/527
  if (/[\u{10000}-\u{10ffff}]/u.test(description ?? ""))
    invalid("Status", "description", "description doesn't accept 4-byte Unicode");
  if (targetUrl !== null && !/^https?:\/\//.test(targetUrl))
    invalid("Status", "target_url", "target_url must use http(s) scheme");
  // Seen by https://github.com/yykamei/block-merge-based-on-time/issues/199
  if (
    repo.statuses.filter((status) => status.sha === sha && status.context.toLowerCase() === context.toLowerCase())
      .length >= MAX_STATUSES
  ) {
    invalid("Status", "base", "This SHA and context has reached the maximum number of statuses.");
  }
  const status: Status = {
    ...{ id: state.nextId(), sha, context, by: user, createdAt: timestamp(state), description, targetUrl },
    ...{ state: textOf(body, "state") ?? "", ref: null, pipeline: null, retried: false },
  };
  repo.statuses.push(status);
  return { status: 201, body: toStatus(status) };
}

function createComment(state: State, comments: Comment[], { user, body }: Request): Answer {
  const comment = { id: state.nextId(), by: user, createdAt: timestamp(state), body: checkBody(body), reactions: [] };
  comments.push(comment);
  return { status: 201, body: toComment(comment) };
}

function editComment(repo: Repo, id: number, { user, body }: Request): Answer {
  const { comment } = findComment(repo, id, user);
  comment.body = checkBody(body);
  return { status: 200, body: toComment(comment) };
}

function deleteComment(repo: Repo, id: number, { user }: Request): Answer {
  const { comment, among } = findComment(repo, id, user);
  among.splice(among.indexOf(comment), 1);
  return { status: 204, body: null };
}

/** With write access one may change what others wrote; without it only one's own. */
function findComment(repo: Repo, id: number, user: User): { comment: Comment; among: Comment[] } {
  for (const among of repo.mergeRequests.values()) {
    const comment = among.find((each) => each.id === id);
    if (comment === undefined) continue;
    if (comment.by.login !== user.login && !mayAs(repo, user, "write")) {
      refuse(403, { message: "Must have admin rights to Repository." });
    }
    return { comment, among };
  }
  return notFound();
}

function commentsOf(repo: Repo, number: string): Comment[] {
  return repo.mergeRequests.get(Number(number)) ?? notFound();
}

function checkCommit(repo: Repo, sha: string): void {
  if (!repo.commits.has(sha)) refuse(422, { message: `No commit found for SHA: ${sha}` });
}

function checkBody(body: Request["body"]): string {
  const text = textOf(body, "body") ?? "";
  if (text === "") invalid("IssueComment", "body", "body can't be blank");
  if ([...text].length > MAX_BODY)
    invalid("IssueComment", "body", `body is too long (maximum is ${MAX_BODY} characters)`);
  return text;
}

function invalid(resource: string, field: string, message: string): never {
  return refuse(422, { message: "Validation Failed", errors: [{ resource, code: "custom", field, message }] });
}

function notFound(): never {
  return refuse(404, { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" });
}

function toUser({ id, login, isBot }: User) {
  return { id, login, type: isBot ? "Bot" : "User" };
}

function toStatus({ id, state, description, targetUrl, context, createdAt, by }: Status) {
  return { id, state, description, target_url: targetUrl, context, created_at: createdAt, creator: toUser(by) };
}

function toComment({ id, body, by, createdAt }: Comment) {
  return { id, body, user: toUser(by), created_at: createdAt };
}
