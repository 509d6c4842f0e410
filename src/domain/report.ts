/** The states every forge can be told, before each forge's own words. */
export type CommitState = "pending" | "running" | "success" | "failure" | "error" | "canceled";

export interface CommitStatus {
  readonly context: string;
  readonly state: CommitState;
  /** One line; forges cut it at 140 (GitHub) or 255 (GitLab) characters. */
  readonly description: string;
  readonly targetUrl: string | null;
}
