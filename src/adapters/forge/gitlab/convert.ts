import type { ForgeEvent, Ignored, MergeRequestEvent, Person, PersonEvent, Repo } from "../../../domain/event.ts";
import { type Reader, readObject, wrong } from "../reader.ts";
import { parseRef } from "../ref.ts";
import { toComment } from "./person.ts";
import { toRepo } from "./repo.ts";

// https://docs.gitlab.com/user/project/integrations/webhook_events/

const ACTIONS: ReadonlyMap<string, MergeRequestEvent["action"]> = new Map([
  ["open", "opened"],
  ["reopen", "reopened"],
  ["close", "closed"],
  ["merge", "merged"],
]);

/** The prefixes by which GitLab itself marks a draft (`WIP` until 14.8). */
const DRAFT_TITLE = /^(?:\[(?:draft|wip)\]|\(draft\)|(?:draft|wip)(?::|\s-\s))/i;

/**
 * What a GitLab delivery means. `event` is the header's word (`Tag Push Hook`) or the payload's own (`tag_push`).
 * @throws KojibridgeError `invalid` naming the field that is missing or of another type
 */
export function toEvent(forge: string, event: string, payload: unknown): ForgeEvent | PersonEvent | Ignored {
  const kind = event
    .toLowerCase()
    .replace(/ hook$/, "")
    .replaceAll(" ", "_");
  if (kind === "system") return { ignored: "system hooks are not read: add a project or group webhook" };
  if (kind !== "push" && kind !== "tag_push" && kind !== "merge_request" && kind !== "note")
    return { ignored: `nothing is built on a ${event}` };
  const read = readObject(payload);
  const claimed = read.text("object_kind");
  if (claimed !== kind) throw wrong("object_kind", `"${kind}" in a ${event}`, claimed);
  if (kind === "note") return toComment(forge, read);
  return kind === "merge_request" ? toMergeRequest(forge, read) : toPush(forge, read);
}

function toPush(forge: string, payload: Reader): ForgeEvent | Ignored {
  const name = payload.text("ref");
  const ref = parseRef(name);
  if (ref === null) return { ignored: `${name} is neither a branch nor a tag` };
  if (payload.sha("after") === null) return { ignored: `${ref.kind} deleted` };
  // For an annotated tag `after` is the tag object; `checkout_sha` is the commit, or null for a tag on a tree or a blob.
  if (payload.textOr("checkout_sha", "") === "")
    return { ignored: `${ref.kind} ${ref.name} does not point to a commit` };
  const sha = payload.commit("checkout_sha");
  const commits = payload.list("commits");
  const base = {
    forge,
    repo: toRepo(payload.at("project"), payload.id("project_id")),
    // Tag pushes of older versions carry only the display name.
    author: payload.textOr("user_username", "") || payload.text("user_name"),
    text: commits.find((commit) => commit.text("id") === sha)?.textOr("message", "") ?? "",
    sha,
  };
  if (ref.kind === "tag") return { kind: "tag", ...base, tag: ref.name };
  const before = payload.sha("before");
  return { kind: "push", ...base, branch: ref.name, before, changed: toChanged(payload, commits, before) };
}

/** GitLab lists the newest 20 commits and counts all of them. It does not say when a push was forced. */
function toChanged(payload: Reader, commits: readonly Reader[], before: string | null): string[] | null {
  if (before === null || commits.length === 0 || payload.id("total_commits_count") !== commits.length) return null;
  const lists = commits.flatMap((commit) => ["added", "modified", "removed"].map((key) => commit.texts(key)));
  return lists.includes(null) ? null : [...new Set(lists.flatMap((list) => list ?? []))];
}

function toMergeRequest(forge: string, payload: Reader): MergeRequestEvent | Ignored {
  const attributes = payload.at("object_attributes");
  const draft = attributes.flag("draft") || attributes.flag("work_in_progress");
  const named = attributes.textOr("action", "changed");
  const action = named === "update" ? toUpdate(payload, attributes, draft) : (ACTIONS.get(named) ?? null);
  if (action === null) return { ignored: `merge request ${named}: no new commits, target branch or label` };
  const repo = toRepo(attributes.at("target"), attributes.id("target_project_id"));
  const from = attributes.maybe("source");
  const ended = action === "closed" || action === "merged";
  if (from === null && !ended) return { ignored: "the fork of this merge request is gone" };
  const source = from === null ? repo : toRepo(from, attributes.id("source_project_id"));
  const commit = attributes.maybe("last_commit");
  if (commit === null) return { ignored: "the merge request has no commits" };
  const title = attributes.text("title");
  return {
    kind: "merge_request",
    forge,
    repo,
    author: payload.at("user").text("username"),
    text: `${title}\n\n${attributes.textOr("description", "")}`.trimEnd(),
    mr: attributes.id("iid"),
    action,
    title,
    branch: attributes.text("target_branch"),
    sourceBranch: attributes.text("source_branch"),
    sha: commit.commit("id"),
    draft,
    labels: payload.list("labels").map((label) => label.text("title")),
    fork: from === null || source.id !== repo.id,
    source,
    webUrl: attributes.url("url"),
    // The payload names whoever caused the event; who opened it, only by number.
    opener: toOpener(attributes.idOrNull("author_id")),
  };
}

/** A merge request as the API has it; `source` null when the fork is gone or may not be seen, and with it what could be built. */
export function toMergeRequestOfApi(
  forge: string,
  seen: Reader,
  repo: Repo,
  source: Repo | null,
): MergeRequestEvent | null {
  const state = seen.text("state");
  const action = state === "merged" || state === "closed" ? state : "updated";
  if (source === null && action === "updated") return null;
  const author = seen.maybe("author");
  const title = seen.text("title");
  return {
    kind: "merge_request",
    forge,
    repo,
    author: author?.text("username") ?? "ghost",
    text: `${title}\n\n${seen.textOr("description", "")}`.trimEnd(),
    mr: seen.id("iid"),
    action,
    title,
    branch: seen.text("target_branch"),
    sourceBranch: seen.text("source_branch"),
    sha: seen.commit("sha"),
    draft: seen.flag("draft") || seen.flag("work_in_progress"),
    labels: [...(seen.texts("labels") ?? [])],
    fork: source === null || source.id !== repo.id,
    source: source ?? repo,
    webUrl: seen.url("web_url"),
    opener: author && { id: author.id("id"), login: author.text("username") },
  };
}

function toOpener(id: number | null): Person | null {
  return id === null ? null : { id, login: null };
}

/** `update` says that anything changed: only new commits, another target branch, a new label or the end of the draft matter. */
function toUpdate(payload: Reader, attributes: Reader, draft: boolean): "ready" | "updated" | null {
  const changes = payload.maybe("changes");
  const wasDraft =
    changes?.maybe("draft")?.flag("previous") ||
    DRAFT_TITLE.test(changes?.maybe("title")?.textOr("previous", "") ?? "");
  if (wasDraft && !draft) return "ready";
  // `oldrev` is there only when the commits changed.
  const isUpdate = attributes.textOr("oldrev", "") !== "" || changes?.maybe("target_branch") || hasNewLabel(changes);
  return isUpdate ? "updated" : null;
}

/** A rule may have waited for it. */
function hasNewLabel(changes: Reader | null | undefined): boolean {
  const labels = changes?.maybe("labels");
  const named = (key: string) => labels?.list(key).map((label) => label.text("title")) ?? [];
  const before = named("previous");
  return named("current").some((label) => !before.includes(label));
}
