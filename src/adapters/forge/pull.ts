import type { MergeRequestEvent, Person, Repo } from "../../domain/event.ts";
import type { Reader } from "./reader.ts";

/** What Forgejo's API and webhooks have in the shape of GitHub's. */

export function toRepo(repo: Reader): Repo {
  return {
    path: repo.text("full_name"),
    cloneUrl: repo.url("clone_url"),
    webUrl: repo.url("html_url"),
    id: repo.id("id"),
  };
}

/** A pull request; null when the fork it came from is gone, and with it what could be built. */
export function toPullRequest(
  forge: string,
  pull: Reader,
  action: MergeRequestEvent["action"],
  author: string,
): MergeRequestEvent | null {
  const [base, head] = [pull.at("base"), pull.at("head")];
  const repo = toRepo(base.at("repo"));
  const from = head.maybe("repo");
  const ended = action === "closed" || action === "merged";
  if (from === null && !ended) return null;
  const source = from === null ? repo : toRepo(from);
  const title = pull.text("title");
  return {
    kind: "merge_request",
    forge,
    repo,
    author,
    text: `${title}\n\n${pull.textOr("body", "")}`.trimEnd(),
    mr: pull.id("number"),
    action,
    title,
    branch: base.text("ref"),
    sourceBranch: head.text("ref"),
    sha: head.commit("sha"),
    draft: pull.flag("draft"),
    labels: pull.list("labels").map((label) => label.text("name")),
    fork: from === null || source.id !== repo.id,
    source,
    webUrl: pull.url("html_url"),
    opener: toPerson(pull.maybe("user")),
  };
}

/** An account that was deleted is nobody. */
function toPerson(user: Reader | null): Person | null {
  return user && { id: user.id("id"), login: user.text("login") };
}
