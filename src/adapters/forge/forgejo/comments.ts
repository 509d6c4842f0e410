import type { MergeRequestPlace } from "../../../ports/forge.ts";
import type { Comments } from "../comment.ts";
import { readObject } from "../reader.ts";
import { type Request, repoSegments } from "./requester.ts";

/** Forgejo has none (a LONGTEXT); nobody reads more. */
const LIMIT = 1_000_000;

/** A pull request's comments are those of the issue it is. */
export function commentsOf(request: Request, { repo, mr }: MergeRequestPlace, whoami: () => Promise<string>): Comments {
  const issues = [...repoSegments(repo), "issues"];
  return {
    limit: LIMIT,
    async own() {
      const login = await whoami();
      // This list has no pages: all of it comes at once, oldest first (`ListIssueComments`).
      const { data } = await request("GET", [...issues, mr, "comments"]);
      const ours = readObject({ comments: data })
        .list("comments")
        .filter((comment) => comment.maybe("user")?.text("login") === login);
      return ours.map((comment) => ({ id: String(comment.id("id")), body: comment.textOr("body", "") }));
    },
    async create(body) {
      const { data } = await request("POST", [...issues, mr, "comments"], { body: { body } });
      return String(readObject(data).id("id"));
    },
    async edit(id, body) {
      await request("PATCH", [...issues, "comments", id], { body: { body } });
    },
    async remove(id) {
      await request("DELETE", [...issues, "comments", id]);
    },
  };
}
