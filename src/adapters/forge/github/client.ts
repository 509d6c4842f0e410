import type { Octokit } from "@octokit/core";
import { isKind } from "../../../domain/errors.ts";
import type { CommitState, CommitStatus } from "../../../domain/report.ts";
import type { Forge, StatusPlace, WriteOutcome } from "../../../ports/forge.ts";
import { writeComment } from "../comment.ts";
import { isForbidden, orForbidden } from "../forbidden.ts";
import { readObject } from "../reader.ts";
import { isSameShown, toShown } from "../shown.ts";
import { rememberLogin } from "../whoami.ts";
import { cut, sayState } from "../words.ts";
import { createAppTokens, type GitHubApp } from "./app.ts";
import { setCheck } from "./checks.ts";
import { commentsOf } from "./comments.ts";
import { createGitHubConversation } from "./conversation.ts";
import { createGitHubFacts } from "./facts.ts";
import { createOctokit, type OctokitOptions, PER_PAGE, type RepoName, splitPath } from "./octokit.ts";

const DESCRIPTION_CHARACTERS = 140;

const STATES: Readonly<Record<CommitState, "pending" | "success" | "failure" | "error">> = {
  pending: "pending",
  running: "pending",
  success: "success",
  failure: "failure",
  error: "error",
  canceled: "error",
  skipped: "success",
};

export interface GitHubClientOptions extends OctokitOptions {
  /** The forge's name in our configuration. */
  readonly forge: string;
  readonly token: () => string;
}

export interface GitHubAppOptions extends Omit<GitHubClientOptions, "token"> {
  readonly app: GitHubApp;
}

/** All there is to say to GitHub, and to ask it. */
export function createGitHubClient(options: GitHubClientOptions): Forge {
  const octokit = createOctokit(options);
  const whoami = rememberLogin(options.token, () => askLogin(octokit));
  return createClient(octokit, options.forge, whoami, (place, status, known = null) =>
    setStatus(octokit, place, status, known),
  );
}

/** The same as an App, whose statuses are check runs: they have a page and buttons. */
export function createGitHubAppClient(options: GitHubAppOptions): Forge {
  const { app, now = Date.now } = options;
  const { token, forget } = createAppTokens({ ...options, now });
  const octokit = createOctokit({ ...options, token });
  octokit.hook.error("request", (error) => {
    if (isKind(error, "auth")) forget();
    throw error;
  });
  const whoami = rememberLogin(app.privateKey, async () => {
    const { data } = await octokit.request("GET /app");
    return `${readObject(data).text("slug")}[bot]`;
  });
  return createClient(octokit, options.forge, whoami, (place, status) => setCheck(octokit, app.id, place, status));
}

function createClient(
  octokit: Octokit,
  forge: string,
  whoami: () => Promise<string | null>,
  write: Forge["setStatus"],
): Forge {
  return {
    whoami,
    setStatus: (place, status, known) => orForbidden(write(place, status, known)),
    setComment: async (place, marker, body, known) =>
      orForbidden(writeComment(commentsOf(octokit, place, whoami), marker, body, known)),
    ...createGitHubFacts(octokit, forge),
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
async function setStatus(
  octokit: Octokit,
  { repo, sha }: StatusPlace,
  status: CommitStatus,
  known: CommitStatus | null,
): Promise<WriteOutcome> {
  const at = { ...splitPath(repo), sha };
  const wanted = toGitHubStatus(status);
  const shown = known === null ? await findStatus(octokit, at, wanted.context) : toGitHubStatus(known);
  if (isSameShown(shown, wanted)) return "unchanged";
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
    if (found !== undefined || statuses.length < PER_PAGE) return found ? toShown(found, "state") : null;
  }
}

function toGitHubStatus({ context, state, description, targetUrl }: CommitStatus) {
  const words = sayState(state, description);
  return {
    context,
    state: STATES[state],
    // "description doesn't accept 4-byte Unicode": https://github.com/ouzi-dev/commit-status-updater/issues/527
    description: cut(words.replaceAll(/[\u{10000}-\u{10ffff}]/gu, "\ufffd"), DESCRIPTION_CHARACTERS),
    ...(targetUrl === null ? {} : { target_url: targetUrl }),
  };
}
