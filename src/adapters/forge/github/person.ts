import type { ButtonEvent, CommentEvent, Ignored, PersonEvent, Repo } from "../../../domain/event.ts";
import { toRepo } from "../pull.ts";
import type { Reader } from "../reader.ts";

// https://docs.github.com/en/webhooks/webhook-events-and-payloads

/** What somebody said or pressed; null for every other event. */
export function toPersonEvent(forge: string, event: string, payload: () => Reader): PersonEvent | Ignored | null {
  if (event === "issue_comment") return toComment(forge, payload());
  if (event === "commit_comment") return toCommitComment(forge, payload());
  if (event === "check_run") return toButton(forge, payload());
  if (event === "check_suite") return toSuite(forge, payload());
  return null;
}

/** Who edits a comment is who asks, whoever wrote it. */
function fromSender(forge: string, payload: Reader) {
  const sender = payload.at("sender");
  const login = sender.text("login");
  const repo: Repo = toRepo(payload.at("repository"));
  return { forge, repo, author: login, person: { id: sender.id("id"), login } };
}

function toComment(forge: string, payload: Reader): CommentEvent | Ignored {
  const [action, issue] = [payload.text("action"), payload.at("issue")];
  if (issue.maybe("pull_request") === null) return { ignored: "a comment on an issue, not on a pull request" };
  if (action !== "created" && action !== "edited") return { ignored: `comment ${action}` };
  const comment = payload.at("comment");
  return {
    kind: "comment",
    ...fromSender(forge, payload),
    text: comment.textOr("body", ""),
    comment: String(comment.id("id")),
    at: comment.time("updated_at"),
    mr: issue.id("number"),
    sha: null,
  };
}

function toCommitComment(forge: string, payload: Reader): CommentEvent | Ignored {
  const action = payload.text("action");
  // There is no delivery for an edited one.
  if (action !== "created") return { ignored: `comment ${action}` };
  const comment = payload.at("comment");
  return {
    kind: "comment",
    ...fromSender(forge, payload),
    text: comment.textOr("body", ""),
    comment: String(comment.id("id")),
    at: comment.time("updated_at"),
    mr: null,
    sha: comment.commit("commit_id"),
  };
}

/** The buttons we put there ourselves, and GitHub's own "Re-run". */
function toButton(forge: string, payload: Reader): ButtonEvent | Ignored {
  const named = payload.text("action");
  const asked = named === "requested_action" ? payload.at("requested_action").text("identifier") : named;
  const action = asked === "rerequested" ? "retry" : asked;
  if (action !== "retry" && action !== "cancel") return { ignored: `check run ${named.replaceAll("_", " ")}` };
  const run = payload.at("check_run");
  const build = run.textOr("external_id", "") || null;
  if (build === null) return { ignored: "a check run of somebody else" };
  return { kind: "button", ...fromSender(forge, payload), text: "", action, sha: run.commit("head_sha"), build };
}

function toSuite(forge: string, payload: Reader): ButtonEvent | Ignored {
  const action = payload.text("action");
  // GitHub asks for checks of every push; the push event says the same.
  if (action !== "rerequested") return { ignored: `check suite ${action}` };
  const sha = payload.at("check_suite").commit("head_sha");
  return { kind: "button", ...fromSender(forge, payload), text: "", action: "retry", sha, build: null };
}
