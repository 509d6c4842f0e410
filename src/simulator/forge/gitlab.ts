import { type Answer, paged, type Request, refuse, textOf } from "./exchange.ts";
import { answerGitLabConversation } from "./gitlab-conversation.ts";
import { answerGitLabFacts } from "./gitlab-facts.ts";
import { writeGitLabStatus } from "./gitlab-status.ts";
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

/** GitLab's REST API, as far as the bridge uses it. */
export function answerGitLab(state: State, request: Request): Answer {
  const [root, project = "", kind = "", a = "", b = "", c = ""] = request.path;
  const call = `${request.method} ${request.path.length}`;
  if (root === "personal_access_tokens" && project === "self" && call === "GET 2") return getToken(request);
  checkScope(request);
  if (root === "user" && call === "GET 1") return { status: 200, body: toUser(request.user) };
  if (root !== "projects") return notFound("Not Found");
  const repo = visible(state, project, request.user);
  if (kind === "repository" && a === "commits" && c === "statuses" && call === "GET 6")
    return getStatuses(repo, b, request);
  if (kind === "statuses" && call === "POST 4") return createStatus(state, repo, a, request);
  const other = answerGitLabFacts(state, repo, request) ?? answerGitLabConversation(state, repo, request);
  if (other !== null) return other;
  if (kind === "merge_requests" && b === "notes") return answerNotes(state, repo, notesOf(repo, a), c, request);
  return notFound("Not Found");
}

/** Any token may look at itself, whatever its scope: lib/api/personal_access_tokens/self_information.rb (GitLab 15.5 and newer) */
function getToken({ user, token: { scopes, expiresAt } }: Request): Answer {
  const known = { id: user.id, name: "bridge", revoked: false, active: true, user_id: user.id };
  return { status: 200, body: { ...known, scopes: scopes ?? ["api"], expires_at: expiresAt } };
}

/** `insufficient_scope` in lib/api/api_guard.rb */
function checkScope({ method, path, token: { scopes } }: Request): void {
  const reading = method === "GET" ? ["read_api", ...(path[0] === "user" ? ["read_user"] : [])] : [];
  if (scopes === null || scopes.some((scope) => ["api", ...reading].includes(scope))) return;
  const error_description = "The request requires higher privileges than provided by the access token.";
  refuse(403, { error: "insufficient_scope", error_description, scope: "api" });
}

/** `unauthorized!` in lib/api/helpers.rb */
export const unauthorized = { message: "401 Unauthorized" };

/** A project one may not see does not exist: `find_project!` in lib/api/helpers.rb. An id is as good as a path. */
function visible(state: State, project: string, user: User): Repo {
  const named = state.repos.get(keyOf("gitlab", project));
  const repo =
    named ?? [...state.repos.values()].find((each) => each.dialect === "gitlab" && String(each.id) === project);
  return repo === undefined || accessOf(repo, user) === "none" ? notFound("Project Not Found") : repo;
}

/** Only the newest of each name and pipeline unless `all`: `latest` in lib/api/commit_statuses.rb */
function getStatuses(repo: Repo, sha: string, request: Request): Answer {
  if (!repo.commits.has(sha)) notFound("Commit Not Found");
  const [ref, name, all] = ["ref", "name", "all"].map((key) => request.query.get(key));
  const found = repo.statuses.filter(
    (status) =>
      status.sha === sha &&
      (all === "true" || !status.retried) &&
      (ref == null || status.ref === ref) &&
      (name == null || status.context === name),
  );
  const ordered = request.query.get("sort") === "desc" ? found.toReversed() : found;
  return paged(request, ordered.map(toStatus), 20);
}

function createStatus(state: State, repo: Repo, sha: string, request: Request): Answer {
  // `authorize! :create_commit_status` in lib/api/commit_statuses.rb: Developer and up.
  if (!mayAs(repo, request.user, "write")) forbidden();
  if (!repo.commits.has(sha)) notFound("Commit Not Found");
  return { status: 201, body: toStatus(writeGitLabStatus(state, repo, sha, request)) };
}

function answerNotes(state: State, repo: Repo, notes: Comment[], id: string, request: Request): Answer {
  const call = `${request.method} ${request.path.length}`;
  if (call === "GET 5") return paged(request, sorted(notes, request.query).map(toNote), 20);
  if (call === "POST 5") {
    const note = {
      id: state.nextId(),
      by: request.user,
      createdAt: timestamp(state),
      body: bodyOf(request),
      reactions: [],
    };
    notes.push(note);
    return { status: 201, body: toNote(note) };
  }
  const note = notes.find((each) => String(each.id) === id) ?? notFound("Note Not Found");
  // `authorize! :admin_note` in lib/api/helpers/notes_helpers.rb: its author, or a Maintainer.
  if (note.by.login !== request.user.login && !mayAs(repo, request.user, "admin")) forbidden();
  if (call === "PUT 6") {
    note.body = bodyOf(request);
    return { status: 200, body: toNote(note) };
  }
  if (call !== "DELETE 6") notFound("Not Found");
  notes.splice(notes.indexOf(note), 1);
  return { status: 204, body: null };
}

function notesOf(repo: Repo, iid: string): Comment[] {
  return repo.mergeRequests.get(Number(iid)) ?? notFound("Not found");
}

/** Newest first unless asked otherwise: https://docs.gitlab.com/api/notes/#list-all-merge-request-notes */
function sorted(notes: readonly Comment[], query: URLSearchParams): readonly Comment[] {
  return query.get("sort") === "asc" ? notes : notes.toReversed();
}

/** https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics */
function bodyOf({ body }: Request): string {
  const text = textOf(body, "body") || refuse(400, { error: "body is missing" });
  if (text.length > 1_000_000) refuse(400, { message: { note: ["is too long (maximum is 1000000 characters)"] } });
  return text;
}

function notFound(what: string): never {
  return refuse(404, { message: `404 ${what}` });
}

function forbidden(): never {
  return refuse(403, { message: "403 Forbidden" });
}

function toUser({ id, login }: User) {
  return { id, username: login, name: login, state: "active" };
}

/** lib/api/entities/commit_status.rb */
function toStatus({ id, sha, ref, state, context, targetUrl, description, createdAt, pipeline, by }: Status) {
  return {
    ...{ id, sha, ref, status: state, name: context, target_url: targetUrl, description, created_at: createdAt },
    ...{ allow_failure: false, pipeline_id: pipeline, author: toUser(by) },
  };
}

function toNote({ id, body, by, createdAt }: Comment) {
  return { id, body, author: toUser(by), created_at: createdAt, system: false };
}
