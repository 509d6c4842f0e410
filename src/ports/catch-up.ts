/** A delivery that a forge sent to us and that we did not take. */
export interface Missed {
  readonly repo: string;
  /** The id it has in our inbox once it is taken. */
  readonly delivery: string;
  /** The forge's own, of its webhook and of this sending. */
  readonly hook: number;
  readonly sending: number;
  readonly event: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What a forge remembers of what it sent to us. Errors: `transient`, `throttled`, `auth`, `rejected`. */
export interface Sendings {
  /** Not taken since then, oldest first, each once; null where the forge does not show us the repo's webhooks. */
  missed(repo: string, since: number): Promise<readonly Missed[] | null>;
  /** Has it sent once more, under the same id. Sent twice it is taken once. */
  resend(missed: Missed): Promise<void>;
}

export interface KnownRepos {
  /** Every repo that has delivered anything we still know of. Errors: `transient`, `bug`. */
  knownRepos(): Promise<readonly { readonly forge: string; readonly repo: string }[]>;
}
