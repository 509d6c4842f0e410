import type { CommentPlace, Conversation, Reaction, WriteOutcome } from "../../../ports/forge.ts";
import { writeComment } from "../comment.ts";
import { orForbidden } from "../forbidden.ts";
import { REACTIONS } from "../reactions.ts";
import { commentsOf } from "./comments.ts";
import { type Request, repoSegments } from "./requester.ts";

/** Commits have no comments here. */
export function createForgejoConversation(request: Request, whoami: () => Promise<string>): Conversation {
  return {
    react: (place, reaction) => orForbidden(react(request, place, reaction)),
    reply: (place, marker, body) => orForbidden(reply(request, place, whoami, marker, body)),
  };
}

/** Forgejo answers 200 where the reaction was there, and 403 where an instance does not have it (`[ui] REACTIONS`). */
async function react(request: Request, place: CommentPlace, reaction: Reaction): Promise<WriteOutcome> {
  if (place.mr === null) return "forbidden";
  const path = [...repoSegments(place.repo), "issues", "comments", place.comment, "reactions"];
  const { status } = await request("POST", path, { body: { content: REACTIONS[reaction] } });
  return status === 200 ? "unchanged" : "set";
}

async function reply(
  request: Request,
  { repo, mr }: CommentPlace,
  whoami: () => Promise<string>,
  marker: string,
  body: string,
): Promise<WriteOutcome> {
  if (mr === null) return "forbidden";
  return (await writeComment(commentsOf(request, { repo, mr }, whoami), marker, body, null)).outcome;
}
