import type { ForgeEvent, Ignored, MergeRequestEvent, PersonEvent } from "../../../domain/event.ts";
import { toPullRequest, toRepo } from "../pull.ts";
import { type Reader, readObject } from "../reader.ts";
import { parseRef } from "../ref.ts";
import { toPersonEvent } from "./person.ts";

// https://docs.github.com/en/webhooks/webhook-events-and-payloads
// GitHub lists at most this many commits in a push.
const MAX_COMMITS = 2048;

const ACTIONS: ReadonlyMap<string, MergeRequestEvent["action"]> = new Map([
  ["opened", "opened"],
  ["synchronize", "updated"],
  ["reopened", "reopened"],
  ["ready_for_review", "ready"],
  // A rule may have waited for it.
  ["labeled", "updated"],
  ["closed", "closed"],
]);

/**
 * What a GitHub delivery means.
 * @throws KojibridgeError `invalid` naming the field that is missing or of another type
 */
export function toEvent(forge: string, event: string, payload: unknown): ForgeEvent | PersonEvent | Ignored {
  if (event === "push") return toPush(forge, readObject(payload));
  if (event === "pull_request") return toMergeRequest(forge, readObject(payload));
  if (event === "ping") return { ignored: "ping: the webhook is set up" };
  if (event === "create" || event === "delete") return { ignored: `${event}: the push event says the same` };
  const asked = toPersonEvent(forge, event, () => readObject(payload));
  return asked ?? { ignored: `nothing is built on a ${event} event` };
}

function toPush(forge: string, payload: Reader): ForgeEvent | Ignored {
  const name = payload.text("ref");
  const ref = parseRef(name);
  if (ref === null) return { ignored: `${name} is neither a branch nor a tag` };
  if (payload.flag("deleted") || payload.sha("after") === null) return { ignored: `${ref.kind} deleted` };
  const head = payload.maybe("head_commit");
  // A tag may point to a tree or a blob.
  if (head === null) return { ignored: `${ref.kind} ${ref.name} does not point to a commit` };
  const base = {
    forge,
    repo: toRepo(payload.at("repository")),
    author: toAuthor(payload),
    text: head.textOr("message", ""),
  };
  // An annotated tag's `after` is the tag object; `head_commit` is the commit it points to.
  if (ref.kind === "tag") return { kind: "tag", ...base, tag: ref.name, sha: head.commit("id") };
  const before = payload.sha("before");
  return { kind: "push", ...base, branch: ref.name, sha: payload.commit("after"), before, changed: toChanged(payload) };
}

/** Null when commits are left out, or the push did more than add commits to what was there. */
function toChanged(payload: Reader): string[] | null {
  if (payload.flag("created") || payload.flag("forced")) return null;
  const commits = payload.list("commits");
  if (commits.length === 0 || commits.length >= MAX_COMMITS) return null;
  const lists = commits.flatMap((commit) => ["added", "modified", "removed"].map((key) => commit.texts(key)));
  return lists.includes(null) ? null : [...new Set(lists.flatMap((list) => list ?? []))];
}

function toMergeRequest(forge: string, payload: Reader): MergeRequestEvent | Ignored {
  const named = payload.text("action");
  const pull = payload.at("pull_request");
  const action = toAction(named, payload, pull);
  if (action === null)
    return { ignored: `pull request ${named.replaceAll("_", " ")}: no new commits, base branch or label` };
  const event = toPullRequest(forge, pull, action, toAuthor(payload));
  return event ?? { ignored: "the fork of this pull request is gone" };
}

function toAction(named: string, payload: Reader, pull: Reader): MergeRequestEvent["action"] | null {
  if (named === "closed" && pull.flag("merged")) return "merged";
  // The base branch decides which targets are built.
  if (named === "edited") return payload.maybe("changes")?.maybe("base") ? "updated" : null;
  return ACTIONS.get(named) ?? null;
}

/** A push by a deploy key has no account behind it, only the pusher's name. */
function toAuthor(payload: Reader): string {
  return payload.maybe("sender")?.text("login") ?? payload.at("pusher").text("name");
}
