import { CommitDiscussions, MergeRequestNoteAwardEmojis, MergeRequestNotes } from "@gitbeaker/rest";
import { isKind } from "../../../domain/errors.ts";
import type { CommentPlace, Conversation, Reaction, WriteOutcome } from "../../../ports/forge.ts";
import { writeComment } from "../comment.ts";
import { orForbidden } from "../forbidden.ts";
import { REACTIONS } from "../reactions.ts";
import { readObject } from "../reader.ts";
import { commentsOf, commitCommentsOf } from "./comments.ts";
import { type ApiOptions, checkPath } from "./requester.ts";

/** Comments on commits take no reactions over the API: `AWARDABLES` in lib/api/award_emoji.rb */
export function createGitLabConversation(options: ApiOptions, whoami: () => Promise<string>): Conversation {
  const notes = new MergeRequestNotes(options);
  const discussions = new CommitDiscussions(options);
  const awards = new MergeRequestNoteAwardEmojis(options);

  async function react({ repo, mr, comment }: CommentPlace, reaction: Reaction): Promise<WriteOutcome> {
    if (mr === null) return "forbidden";
    const name = REACTIONS[reaction];
    const login = await whoami();
    const given: readonly unknown[] = await awards.all(checkPath(repo), mr, Number(comment));
    const isOurs = readObject({ given })
      .list("given")
      .some((award) => award.text("name") === name && award.maybe("user")?.text("username") === login);
    if (isOurs) return "unchanged";
    return awards.award(checkPath(repo), mr, Number(comment), name).then(() => "set", orTaken);
  }

  async function reply({ repo, mr, sha }: CommentPlace, marker: string, body: string): Promise<WriteOutcome> {
    const comments =
      mr === null ? commitCommentsOf(discussions, repo, sha ?? "", whoami) : commentsOf(notes, { repo, mr }, whoami);
    return (await writeComment(comments, marker, body, null)).outcome;
  }

  return {
    react: (place, reaction) => orForbidden(react(place, reaction)),
    reply: (place, marker, body) => orForbidden(reply(place, marker, body)),
  };
}

/** Between our reading and our writing: 404 "Award Emoji Name has already been taken Not Found". */
function orTaken(error: unknown): "unchanged" {
  if (isKind(error, "rejected") && /already been taken/.test(error.message)) return "unchanged";
  throw error;
}
