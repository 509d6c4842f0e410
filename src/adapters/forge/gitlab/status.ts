import type { CommitState, CommitStatus } from "../../../domain/report.ts";
import { cut, sayState } from "../words.ts";

export type GitLabState = "pending" | "running" | "success" | "failed" | "canceled";

/** A status as GitLab keeps it; a name has several, one after the other, of which only the newest counts. */
export interface GitLabStatus {
  readonly state: string;
  readonly description: string;
  readonly targetUrl: string | null;
}

const STATES: Readonly<Record<CommitState, GitLabState>> = {
  pending: "pending",
  running: "running",
  success: "success",
  failure: "failed",
  error: "failed",
  canceled: "canceled",
  // GitLab's own "skipped" makes the pipeline so, and where pipelines must succeed that keeps people from merging.
  skipped: "success",
};

/** Column widths of GitLab: a longer URL is refused ("Target url is too long (maximum is 255 characters)"). */
const MAX_CHARACTERS = 255;

export function toGitLabStatus({
  state,
  description,
  targetUrl,
}: CommitStatus): GitLabStatus & { readonly state: GitLabState } {
  return {
    state: STATES[state],
    description: cut(state === "skipped" ? sayState(state, description) : description, MAX_CHARACTERS),
    targetUrl: targetUrl !== null && targetUrl.length <= MAX_CHARACTERS ? targetUrl : null,
  };
}

/**
 * Whether GitLab would answer 400 "Cannot transition status via :enqueue from :running". What is not final can only move on:
 * not to the same state again, even with other words, and not from running back to pending. After a final state anything
 * goes: it opens a new status of that name.
 *
 * Sources: `state_machine` in app/models/commit_status.rb, `find_or_build_external_commit_status` and `apply_job_state!` in
 * app/services/ci/create_commit_status_service.rb (GitLab 18).
 */
export function isRefused(current: GitLabStatus, wanted: GitLabStatus): boolean {
  if (current.state === "pending") return wanted.state === "pending";
  return current.state === "running" && (wanted.state === "pending" || wanted.state === "running");
}

export function isSame(a: GitLabStatus, b: GitLabStatus): boolean {
  return a.state === b.state && a.description === b.description && a.targetUrl === b.targetUrl;
}
