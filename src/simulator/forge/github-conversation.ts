import { type Answer, paged, type Request, refuse, textOf } from "./exchange.ts";
import { type Comment, commitCommentsOf, mayAs, type Repo, type State, timestamp, type User } from "./state.ts";

/** https://docs.github.com/en/rest/reactions/reactions#about-reactions */
const CONTENTS = new Set(["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]);

/** Comments on commits, and reactions to either kind; null when it is another call. */
export function answerGitHubConversation(state: State, repo: Repo, request: Request): Answer | null {
  const [, , , kind = "", a = "", b = "", c = ""] = request.path;
  const call = `${request.method} ${request.path.length}`;
  if (kind === "issues" && a === "comments" && c === "reactions" && call === "POST 7")
    return react(state, anywhere([...repo.mergeRequests.values()], b).comment, request);
  if (kind === "comments" && b === "reactions" && call === "POST 6")
    return react(state, anywhere([...repo.commitComments.values()], a).comment, request);
  if (kind === "commits" && b === "comments" && call === "GET 6")
    return paged(request, commentsOf(repo, a).map(toComment), 30);
  if (kind === "commits" && b === "comments" && call === "POST 6") return create(state, commentsOf(repo, a), request);
  if (kind === "comments" && call === "PATCH 5") {
    const { comment } = changeable(repo, a, request.user);
    comment.body = checkBody(request.body);
    return { status: 200, body: toComment(comment) };
  }
  if (kind === "comments" && call === "DELETE 5") {
    const { comment, among } = changeable(repo, a, request.user);
    among.splice(among.indexOf(comment), 1);
    return { status: 204, body: null };
  }
  return null;
}

/** 200 where the same account reacted so before. */
function react(state: State, comment: Comment, { user, body }: Request): Answer {
  const name = textOf(body, "content") ?? "";
  if (!CONTENTS.has(name)) invalid("Reaction", "content", "content is not included in the list");
  const known = comment.reactions.find((each) => each.name === name && each.by.login === user.login);
  const reaction = known ?? { id: state.nextId(), by: user, name };
  if (known === undefined) comment.reactions.push(reaction);
  return { status: known ? 200 : 201, body: { id: reaction.id, user: toUser(user), content: name } };
}

function create(state: State, comments: Comment[], { user, body }: Request): Answer {
  const made = { id: state.nextId(), by: user, createdAt: timestamp(state), reactions: [], body: checkBody(body) };
  comments.push(made);
  return { status: 201, body: toComment(made) };
}

function changeable(repo: Repo, id: string, user: User) {
  const found = anywhere([...repo.commitComments.values()], id);
  if (found.comment.by.login !== user.login && !mayAs(repo, user, "write"))
    refuse(403, { message: "Must have admin rights to Repository." });
  return found;
}

function anywhere(lists: readonly Comment[][], id: string): { comment: Comment; among: Comment[] } {
  for (const among of lists) {
    const comment = among.find((each) => String(each.id) === id);
    if (comment !== undefined) return { comment, among };
  }
  return refuse(404, { message: "Not Found" });
}

function commentsOf(repo: Repo, sha: string): Comment[] {
  if (!repo.commits.has(sha)) refuse(422, { message: `No commit found for SHA: ${sha}` });
  return commitCommentsOf(repo, sha);
}

function checkBody(body: Request["body"]): string {
  return textOf(body, "body") || invalid("CommitComment", "body", "body can't be blank");
}

function invalid(resource: string, field: string, message: string): never {
  return refuse(422, { message: "Validation Failed", errors: [{ resource, code: "custom", field, message }] });
}

function toUser({ id, login, isBot }: User) {
  return { id, login, type: isBot ? "Bot" : "User" };
}

function toComment({ id, body, by, createdAt }: Comment) {
  return { id, body, user: toUser(by), created_at: createdAt };
}
