import type { ForgeEvent, Ignored } from "../domain/event.ts";
import type { CommitStatus } from "../domain/report.ts";

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** One HTTP call of a forge, verified or refused. */
export type Verdict =
  | { readonly ok: true; readonly delivery: string; readonly event: string }
  /** Not proven to come from the forge: `reason` goes to the log, never to the caller. */
  | { readonly ok: false; readonly reason: string }
  /** Proven, but a header it must have is missing; the caller is told which. */
  | { readonly ok: false; readonly missing: string };

/** The door of one forge. Pure but for the secrets it was made with; never contacts the forge. */
export interface ForgeReceiver {
  /** Checks signature or token over the raw bytes, in constant time, against every configured secret. */
  verify(headers: Headers, body: Buffer): Promise<Verdict>;
  /** @throws KojibridgeError `invalid` naming the field, when the payload is not the event it claims to be. */
  parse(event: string, payload: unknown): ForgeEvent | Ignored;
}

/** Where a status goes: the commit, and for forks the repos that may take it, best first. */
export interface StatusPlace {
  readonly repo: string;
  readonly sha: string;
  /** Branch or tag the status belongs to; GitLab files pipelines by it. */
  readonly ref: string | null;
  /** The fork that holds the commit, when it is not `repo`. */
  readonly fork: string | null;
}

export interface MergeRequestPlace {
  readonly repo: string;
  readonly mr: number;
}

/** `forbidden`: this token may not write there; a value, since what to do then is policy. */
export type WriteOutcome = "set" | "unchanged" | "forbidden";

/** What the core asks of a forge. Errors: `transient`, `throttled`, `auth`, `ambiguous` (a write whose answer was lost), `rejected`. */
export interface Forge {
  /** Login of the account behind the token, or null where the token has none (CI job tokens). */
  whoami(): Promise<string | null>;
  /**
   * Makes `status.context` on that commit say this. Idempotent: where a forge refuses a repeated state, it is read
   * and compared first.
   */
  setStatus(place: StatusPlace, status: CommitStatus): Promise<WriteOutcome>;
  /**
   * Makes the one comment carrying `marker` say `body`, creating it if there is none. `known` is the id of an earlier
   * call. Idempotent: after a lost answer the comment is found again by its marker; surplus copies are removed.
   */
  setComment(place: MergeRequestPlace, marker: string, body: string, known: string | null): Promise<CommentOutcome>;
}

export type CommentOutcome = { readonly id: string; readonly outcome: "set" | "unchanged" } | "forbidden";
