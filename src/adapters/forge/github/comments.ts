import type { Octokit } from "@octokit/core";
import type { MergeRequestPlace } from "../../../ports/forge.ts";
import type { Comments } from "../comment.ts";
import { readObject } from "../reader.ts";
import { PER_PAGE, type RepoName, splitPath } from "./octokit.ts";

/** Where GitHub says "body is too long". */
const LIMIT = 65_536;

/** What tells the two kinds of comments apart: where they are listed and written, and where each of them is. */
interface Paths {
  readonly at: RepoName;
  readonly all: string;
  readonly one: string;
  readonly on: Readonly<Record<string, string | number>>;
}

/** A pull request's comments are those of the issue it is. */
export function commentsOf(octokit: Octokit, { repo, mr }: MergeRequestPlace, whoami: WhoAmI): Comments {
  const all = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
  const one = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
  return createComments(octokit, { all, one, at: splitPath(repo), on: { issue_number: mr } }, whoami);
}

export function commitCommentsOf(octokit: Octokit, repo: string, sha: string, whoami: WhoAmI): Comments {
  const all = "/repos/{owner}/{repo}/commits/{commit_sha}/comments";
  const one = "/repos/{owner}/{repo}/comments/{comment_id}";
  return createComments(octokit, { all, one, at: splitPath(repo), on: { commit_sha: sha } }, whoami);
}

type WhoAmI = () => Promise<string | null>;

function createComments(octokit: Octokit, { at, all, one, on }: Paths, whoami: WhoAmI): Comments {
  return {
    limit: LIMIT,
    async own() {
      const login = await whoami();
      const ours = [];
      for (let page = 1; ; page++) {
        const { data } = await octokit.request({ method: "GET", url: all, ...at, ...on, per_page: PER_PAGE, page });
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
      const { data } = await octokit.request({ method: "POST", url: all, ...at, ...on, body });
      return String(readObject(data).id("id"));
    },
    async edit(id, body) {
      await octokit.request({ method: "PATCH", url: one, ...at, comment_id: Number(id), body });
    },
    async remove(id) {
      await octokit.request({ method: "DELETE", url: one, ...at, comment_id: Number(id) });
    },
  };
}
