/** What a forge says about our token, for `kojibridge doctor`. Errors as in `failure.ts`. */
export interface ForgeProbe {
  account(): Promise<Account>;
  grant(): Promise<Grant>;
}

export interface Account {
  /** Null for tokens that belong to no account. */
  readonly login: string | null;
  /** Milliseconds the forge's clock is ahead of ours, a second too few at most; null where it does not say. */
  readonly ahead: number | null;
}

export interface Grant {
  /** Null where the forge does not tell. */
  readonly scopes: readonly string[] | null;
  /** Epoch milliseconds; null: never, or the forge does not tell. */
  readonly expiresAt: number | null;
}

export interface ProbeOptions {
  /** As in the forge's client: `api_url` of GitHub, `url` of GitLab and Forgejo. */
  readonly url: string;
  readonly token: () => string;
  readonly userAgent: string;
  readonly timeoutMs: number;
}

/** From the `Date` header, which has whole seconds. */
export function aheadOf(headers: Headers): number | null {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? null : date - Date.now();
}

/** Epoch milliseconds of what the forge writes; null when it is no time. */
export function toTime(text: string | null): number | null {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : time;
}
