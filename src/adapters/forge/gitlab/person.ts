import type { CommentEvent, Ignored } from "../../../domain/event.ts";
import type { Reader } from "../reader.ts";
import { toRepo } from "./repo.ts";

// https://docs.gitlab.com/user/project/integrations/webhook_events/#comment-events

/** `user` is who wrote the note, also when somebody else edits it: that takes a Maintainer. Which of both it was is said since 16.11. */
export function toComment(forge: string, payload: Reader): CommentEvent | Ignored {
  const note = payload.at("object_attributes");
  if (note.flag("system")) return { ignored: "a note GitLab wrote itself" };
  const [kind, user] = [note.text("noteable_type"), payload.at("user")];
  if (kind !== "MergeRequest" && kind !== "Commit") return { ignored: `a comment on ${kind}, not on a merge request` };
  const login = user.text("username");
  return {
    kind: "comment",
    forge,
    repo: toRepo(payload.at("project"), payload.id("project_id")),
    author: login,
    text: note.textOr("note", ""),
    comment: String(note.id("id")),
    at: note.time("updated_at"),
    person: { id: user.id("id"), login },
    mr: kind === "MergeRequest" ? payload.at("merge_request").id("iid") : null,
    sha: kind === "Commit" ? note.commit("commit_id") : null,
  };
}
