import type { Octokit } from "@octokit/core";
import type { CommentPlace, Conversation, Reaction, WriteOutcome } from "../../../ports/forge.ts";
import { writeComment } from "../comment.ts";
import { orForbidden } from "../forbidden.ts";
import { REACTIONS } from "../reactions.ts";
import { commentsOf, commitCommentsOf } from "./comments.ts";
import { splitPath } from "./octokit.ts";

export function createGitHubConversation(octokit: Octokit, whoami: () => Promise<string | null>): Conversation {
  return {
    react: (place, reaction) => orForbidden(react(octokit, place, reaction)),
    reply: (place, marker, body) => orForbidden(reply(octokit, place, whoami, marker, body)),
  };
}

/** GitHub answers 200 where the reaction was there. */
async function react(octokit: Octokit, place: CommentPlace, reaction: Reaction): Promise<WriteOutcome> {
  const call = { ...splitPath(place.repo), comment_id: Number(place.comment), content: REACTIONS[reaction] };
  const { status } =
    place.mr === null
      ? await octokit.request("POST /repos/{owner}/{repo}/comments/{comment_id}/reactions", call)
      : await octokit.request("POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", call);
  return Number(status) === 200 ? "unchanged" : "set";
}

/** Comments have no threads here: the answer stands below all the others. */
async function reply(
  octokit: Octokit,
  { repo, mr, sha }: CommentPlace,
  whoami: () => Promise<string | null>,
  marker: string,
  body: string,
): Promise<WriteOutcome> {
  const comments =
    mr === null ? commitCommentsOf(octokit, repo, sha ?? "", whoami) : commentsOf(octokit, { repo, mr }, whoami);
  return (await writeComment(comments, marker, body, null)).outcome;
}
