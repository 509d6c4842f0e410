import { type Answer, paged, type Request, refuse, textOf } from "./exchange.ts";
import { type Comment, commitCommentsOf, mayAs, type Repo, type State, timestamp, type User } from "./state.ts";

/** Reactions to notes, and the discussions of commits; null when it is another call. */
export function answerGitLabConversation(state: State, repo: Repo, request: Request): Answer | null {
  const [, , kind = "", a = "", b = "", c = "", d = ""] = request.path;
  if (kind === "merge_requests" && b === "notes" && d === "award_emoji")
    return answerAwards(state, repo, a, c, request);
  if (kind === "repository" && a === "commits" && c === "discussions")
    return answerDiscussions(state, repo, b, request);
  return null;
}

/** lib/api/award_emoji.rb */
function answerAwards(state: State, repo: Repo, iid: string, id: string, request: Request): Answer {
  const note = repo.mergeRequests.get(Number(iid))?.find((each) => String(each.id) === id) ?? notFound("Not found");
  const call = `${request.method} ${request.path.length}`;
  if (call === "GET 7") return paged(request, note.reactions.map(toAward), 20);
  if (call !== "POST 7") return notFound("Not Found");
  const name = textOf(request.body, "name") ?? refuse(400, { error: "name is missing" });
  if (note.reactions.some((each) => each.name === name && each.by.login === request.user.login))
    notFound('Award Emoji {:name=>["has already been taken"]} Not Found');
  const award = { id: state.nextId(), by: request.user, name };
  note.reactions.push(award);
  return { status: 201, body: toAward(award) };
}

function toAward({ id, by, name }: Comment["reactions"][number]) {
  return { id, name, user: toUser(by), awardable_type: "Note" };
}

/** lib/api/discussions.rb: each comment opens a discussion, which has the comment's id here. */
function answerDiscussions(state: State, repo: Repo, sha: string, request: Request): Answer {
  if (!repo.commits.has(sha)) notFound("Commit Not Found");
  const comments = commitCommentsOf(repo, sha);
  const [id, call] = [request.path[8] ?? "", `${request.method} ${request.path.length}`];
  if (call === "GET 6") return paged(request, comments.map(toDiscussion), 20);
  if (call === "POST 6") {
    const made = {
      id: state.nextId(),
      by: request.user,
      createdAt: timestamp(state),
      reactions: [],
      body: bodyOf(request),
    };
    comments.push(made);
    return { status: 201, body: toDiscussion(made) };
  }
  const note = comments.find((each) => String(each.id) === id) ?? notFound("Note Not Found");
  if (note.by.login !== request.user.login && !mayAs(repo, request.user, "admin"))
    refuse(403, { message: "403 Forbidden" });
  if (call === "PUT 9") {
    note.body = bodyOf(request);
    return { status: 200, body: toNote(note) };
  }
  if (call !== "DELETE 9") return notFound("Not Found");
  comments.splice(comments.indexOf(note), 1);
  return { status: 204, body: null };
}

function bodyOf({ body }: Request): string {
  return textOf(body, "body") || refuse(400, { error: "body is missing" });
}

function toDiscussion(note: Comment) {
  return { id: `d${note.id}`, individual_note: true, notes: [toNote(note)] };
}

function toNote({ id, body, by, createdAt }: Comment) {
  return { id, body, author: toUser(by), created_at: createdAt, system: false };
}

function toUser({ id, login }: User) {
  return { id, username: login, name: login, state: "active" };
}

function notFound(what: string): never {
  return refuse(404, { message: `404 ${what}` });
}
