import type { ForgeEvent, Ignored, MergeRequestEvent, PersonEvent } from "../../../domain/event.ts";
import { toPullRequest, toRepo } from "../pull.ts";
import { type Reader, readObject } from "../reader.ts";
import { parseRef } from "../ref.ts";
import { toComment } from "./person.ts";

// The structs of modules/structs/hook.go, filled by services/webhook/notifier.go (Forgejo; Gitea has the same two files).

const ACTIONS: ReadonlyMap<string, MergeRequestEvent["action"]> = new Map([
  ["opened", "opened"],
  ["synchronized", "updated"],
  ["reopened", "reopened"],
  ["closed", "closed"],
  // A rule may have waited for it.
  ["label_updated", "updated"],
]);

/**
 * A title is all that makes a draft. `WIP:` and `[WIP]` are the defaults of `WORK_IN_PROGRESS_PREFIXES`, `Draft:` and `[Draft]`
 * what people add to it. What is a draft now is said by the forge; this is for what a title was before.
 */
const DRAFT_TITLE = /^(?:\[(?:wip|draft)\]|(?:wip|draft):)/i;

/**
 * What a delivery of Forgejo or Gitea means.
 * @throws KojibridgeError `invalid` naming the field that is missing or of another type
 */
export function toEvent(forge: string, event: string, payload: unknown): ForgeEvent | PersonEvent | Ignored {
  if (event === "push") return toPush(forge, readObject(payload));
  if (event === "pull_request") return toMergeRequest(forge, readObject(payload));
  if (event === "issue_comment") return toComment(forge, readObject(payload));
  // A tag comes as both; a deleted branch only so.
  if (event === "create") return { ignored: "create: the push event says the same" };
  if (event === "delete") return { ignored: `${readObject(payload).text("ref_type")} deleted` };
  return { ignored: `nothing is built on a ${event} event` };
}

function toPush(forge: string, payload: Reader): ForgeEvent | Ignored {
  const name = payload.text("ref");
  const ref = parseRef(name);
  if (ref === null) return { ignored: `${name} is neither a branch nor a tag` };
  const [before, after] = [payload.sha("before"), payload.sha("after")];
  if (after === null) return { ignored: `${ref.kind} deleted` };
  // The button in the webhook's settings sends the default branch as pushed from its head to its head.
  if (before === after) return { ignored: "test delivery: the webhook is set up" };
  const commits = payload.list("commits");
  // Gitea has `head_commit` since 1.17.
  const head = payload.maybe("head_commit") ?? commits.find((commit) => commit.text("id") === after);
  const base = {
    forge,
    repo: toRepo(payload.at("repository")),
    author: payload.at("sender").text("login"),
    text: head?.textOr("message", "") ?? "",
  };
  // An annotated tag's `after` is the tag object; `head_commit` is the commit it points to.
  if (ref.kind === "tag") return { kind: "tag", ...base, tag: ref.name, sha: payload.at("head_commit").commit("id") };
  return { kind: "push", ...base, branch: ref.name, sha: after, before, changed: toChanged(payload, commits, before) };
}

/** At most `PAYLOAD_COMMIT_LIMIT` commits are listed and all of them counted. It is not said when a push was forced. */
function toChanged(payload: Reader, commits: readonly Reader[], before: string | null): string[] | null {
  if (before === null || commits.length === 0 || payload.idOrNull("total_commits") !== commits.length) return null;
  const lists = commits.flatMap((commit) => ["added", "modified", "removed"].map((key) => commit.texts(key)));
  return lists.includes(null) ? null : [...new Set(lists.flatMap((list) => list ?? []))];
}

function toMergeRequest(forge: string, payload: Reader): MergeRequestEvent | Ignored {
  const named = payload.text("action");
  const pull = payload.at("pull_request");
  const action = toAction(named, payload, pull);
  if (action === null)
    return { ignored: `pull request ${named.replaceAll("_", " ")}: no new commits, base branch or label` };
  const event = toPull(forge, pull, action, payload.at("sender").text("login"));
  return event ?? { ignored: "the fork of this pull request is gone" };
}

/** A pull request as the API and its webhooks have it; null when the fork it came from is gone. */
export function toPull(
  forge: string,
  pull: Reader,
  action: MergeRequestEvent["action"],
  author: string,
): MergeRequestEvent | null {
  const event = toPullRequest(forge, pull, action, author);
  return event && { ...event, draft: isDraft(pull), fork: event.fork || isAGit(pull.at("head")) };
}

/** Gitea tells since 1.21; before that the title does. */
function isDraft(pull: Reader): boolean {
  return pull.flag("draft") || /^(?:wip:|\[wip\])/i.test(pull.text("title"));
}

/**
 * Pushed to `refs/for/…`, which everybody may who can read: it lies in the target repo and comes from a stranger all the same.
 * `label` is the source branch, and these have none (`ToAPIPullRequest` in services/convert/pull.go).
 */
function isAGit(head: Reader): boolean {
  return head.textOr("label", "") === "";
}

function toAction(named: string, payload: Reader, pull: Reader): MergeRequestEvent["action"] | null {
  if (named === "closed" && pull.flag("merged")) return "merged";
  if (named !== "edited") return ACTIONS.get(named) ?? null;
  const changes = payload.maybe("changes");
  // The base branch decides which targets are built.
  if (changes?.maybe("ref")) return "updated";
  return !isDraft(pull) && DRAFT_TITLE.test(changes?.maybe("title")?.textOr("from", "") ?? "") ? "ready" : null;
}
