import type { Octokit } from "@octokit/core";
import type { CommitState, CommitStatus } from "../../../domain/report.ts";
import type { Forge, StatusPlace, WriteOutcome } from "../../../ports/forge.ts";
import { writeComment } from "../comment.ts";
import { isForbidden, orForbidden } from "../forbidden.ts";
import { readObject } from "../reader.ts";
import { rememberLogin } from "../whoami.ts";
import { cut } from "../words.ts";
import { commentsOf } from "./comments.ts";
import { createGitHubConversation } from "./conversation.ts";
import { createGitHubFacts } from "./facts.ts";
import { createOctokit, type GitHubClientOptions, PER_PAGE, type RepoName, splitPath } from "./octokit.ts";

const DESCRIPTION_CHARACTERS = 140;

const STATES: Readonly<Record<CommitState, "pending" | "success" | "failure" | "error">> = {
  pending: "pending",
  running: "pending",
  success: "success",
  failure: "failure",
  error: "error",
  canceled: "error",
};

/** All there is to say to GitHub, and to ask it. */
export function createGitHubClient(options: GitHubClientOptions): Forge {
  const octokit = createOctokit(options);
  const whoami = rememberLogin(options.token, () => askLogin(octokit));
  return {
    whoami,
    setStatus: (place, status) => orForbidden(setStatus(octokit, place, status)),
    setComment: async (place, marker, body, known) =>
      orForbidden(writeComment(commentsOf(octokit, place, whoami), marker, body, known)),
    ...createGitHubFacts(octokit, options.forge),
    ...createGitHubConversation(octokit, whoami),
  };
}

/** Null for tokens of Apps and Actions: they have no `/user` (403 "Resource not accessible by integration"). */
async function askLogin(octokit: Octokit): Promise<string | null> {
  try {
    const { data } = await octokit.request("GET /user");
    return readObject(data).text("login");
  } catch (error) {
    if (isForbidden(error)) return null;
    throw error;
  }
}

/** A fork's commit is reachable in the repo its pull request goes to, and the pull request shows the statuses kept there. */
async function setStatus(octokit: Octokit, { repo, sha }: StatusPlace, status: CommitStatus): Promise<WriteOutcome> {
  const at = { ...splitPath(repo), sha };
  const wanted = toGitHubStatus(status);
  const current = await findStatus(octokit, at, wanted.context);
  const isSame =
    current !== null &&
    current.text("state") === wanted.state &&
    current.textOr("description", "") === wanted.description &&
    current.textOr("target_url", "") === (wanted.target_url ?? "");
  if (isSame) return "unchanged";
  await octokit.request("POST /repos/{owner}/{repo}/statuses/{sha}", { ...at, ...wanted });
  return "set";
}

/** The combined status has the newest of each context; contexts are case-insensitive. */
async function findStatus(octokit: Octokit, { owner, repo, sha }: RepoName & { sha: string }, context: string) {
  for (let page = 1; ; page++) {
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/commits/{ref}/status", {
      owner,
      repo,
      ref: sha,
      per_page: PER_PAGE,
      page,
    });
    const statuses = readObject(data).list("statuses");
    const found = statuses.find((status) => status.text("context").toLowerCase() === context.toLowerCase());
    if (found !== undefined || statuses.length < PER_PAGE) return found ?? null;
  }
}

function toGitHubStatus({ context, state, description, targetUrl }: CommitStatus) {
  // GitHub has no "canceled": the words have to say it.
  const words = state === "canceled" && !/cancel/i.test(description) ? `Canceled: ${description}` : description;
  return {
    context,
    state: STATES[state],
    // "description doesn't accept 4-byte Unicode": https://github.com/ouzi-dev/commit-status-updater/issues/527
    description: cut(words.replaceAll(/[\u{10000}-\u{10ffff}]/gu, "\ufffd"), DESCRIPTION_CHARACTERS),
    ...(targetUrl === null ? {} : { target_url: targetUrl }),
  };
}
