import type { CommitState, CommitStatus } from "../../../domain/report.ts";
import { cut } from "../words.ts";

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
    description: cut(description, MAX_CHARACTERS),
    targetUrl: targetUrl !== null && targetUrl.length <= MAX_CHARACTERS ? targetUrl : null,
  };
}

/**
 * Whether writing would be both legal and of use. A status that is not final can only move on: GitLab answers 400 "Cannot
 * transition status via :enqueue from :running" to the same state again, even with other words, and to pending after running.
 * A final one is left alone: whatever comes next opens a new status of that name.
 *
 * Sources: `state_machine` in app/models/commit_status.rb, `find_or_build_external_commit_status` and `apply_job_state!` in
 * app/services/ci/create_commit_status_service.rb (GitLab 18).
 */
export function isWritable(current: GitLabStatus | null, wanted: GitLabStatus): boolean {
  if (current === null) return true;
  if (current.state === "pending") return wanted.state !== "pending";
  if (current.state === "running") return wanted.state !== "pending" && wanted.state !== "running";
  return !isSame(current, wanted);
}

export function isSame(a: GitLabStatus, b: GitLabStatus): boolean {
  return a.state === b.state && a.description === b.description && a.targetUrl === b.targetUrl;
}
