import type { CommentEvent, Ignored } from "../../../domain/event.ts";
import { toRepo } from "../pull.ts";
import type { Reader } from "../reader.ts";

/** `IssueCommentPayload` in modules/structs/hook.go. Who edits a comment is who asks, whoever wrote it. */
export function toComment(forge: string, payload: Reader): CommentEvent | Ignored {
  const action = payload.text("action");
  if (!payload.flag("is_pull")) return { ignored: "a comment on an issue, not on a pull request" };
  if (action !== "created" && action !== "edited") return { ignored: `comment ${action}` };
  const [comment, sender] = [payload.at("comment"), payload.at("sender")];
  const login = sender.text("login");
  return {
    kind: "comment",
    forge,
    repo: toRepo(payload.at("repository")),
    author: login,
    text: comment.textOr("body", ""),
    comment: String(comment.id("id")),
    at: comment.time("updated_at"),
    person: { id: sender.id("id"), login },
    mr: payload.at("issue").id("number"),
    sha: null,
  };
}
