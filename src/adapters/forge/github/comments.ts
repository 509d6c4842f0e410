import type { Octokit } from "@octokit/core";
import type { MergeRequestPlace } from "../../../ports/forge.ts";
import type { Comments } from "../comment.ts";
import { readObject } from "../reader.ts";
import { PER_PAGE, splitPath } from "./octokit.ts";

/** A pull request's comments are those of the issue it is. */
export function commentsOf(
  octokit: Octokit,
  { repo, mr }: MergeRequestPlace,
  whoami: () => Promise<string | null>,
): Comments {
  const at = splitPath(repo);
  const on = { ...at, issue_number: mr };
  return {
    async own() {
      const login = await whoami();
      const ours = [];
      for (let page = 1; ; page++) {
        const { data } = await octokit.request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
          ...on,
          per_page: PER_PAGE,
          page,
        });
        const comments = readObject({ comments: data }).list("comments");
        for (const comment of comments) {
          const user = comment.maybe("user");
          // Without a login of our own we are an App, and people are not.
          const isOurs = login === null ? user?.text("type") === "Bot" : user?.text("login") === login;
          if (isOurs) ours.push({ id: String(comment.id("id")), body: comment.textOr("body", "") });
        }
        if (comments.length < PER_PAGE) return ours;
      }
    },
    async create(body) {
      const { data } = await octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
        ...on,
        body,
      });
      return String(readObject(data).id("id"));
    },
    async edit(id, body) {
      await octokit.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
        ...at,
        comment_id: Number(id),
        body,
      });
    },
    async remove(id) {
      await octokit.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", {
        ...at,
        comment_id: Number(id),
      });
    },
  };
}
