import type { ForgeEvent, Ignored, MergeRequestEvent, Person, PersonEvent } from "../domain/event.ts";
import type { CommitStatus } from "../domain/report.ts";
import type { Role } from "../domain/role.ts";

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
  parse(event: string, payload: unknown): ForgeEvent | PersonEvent | Ignored;
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

/** What the core tells a forge. Errors: `transient`, `throttled`, `auth`, `ambiguous` (a write whose answer was lost), `rejected`. */
export interface Reporter {
  /** Login of the account behind the token, or null where the token has none (CI job tokens). */
  whoami(): Promise<string | null>;
  /**
   * Makes `status.context` on that commit say this. Idempotent: where a forge refuses a repeated state, it is read
   * and compared first. `known` is what it confirmed last: then a forge that takes repetitions is not read, which is half
   * of its rate limit.
   */
  setStatus(place: StatusPlace, status: CommitStatus, known?: CommitStatus | null): Promise<WriteOutcome>;
  /**
   * Makes the one comment carrying `marker` say `body`, creating it if there is none. `known` is the id of an earlier
   * call. Idempotent: after a lost answer the comment is found again by its marker; surplus copies are removed.
   */
  setComment(place: MergeRequestPlace, marker: string, body: string, known: string | null): Promise<CommentOutcome>;
}

/** A branch or a tag, with the commit it is at. */
export interface RefState {
  readonly sha: string;
  /** By branch or tag protection, or a ruleset: not everybody who may push can move it. */
  readonly protected: boolean;
}

export interface Ref {
  readonly kind: "branch" | "tag";
  readonly name: string;
}

/** What the core asks a forge before it builds. Reads only. Errors: `transient`, `throttled`, `auth`, `rejected`. */
export interface ForgeFacts {
  /** The paths a push or a merge request changes; null when the forge does not list them all. */
  changedPaths(event: ForgeEvent): Promise<readonly string[] | null>;
  /**
   * A text file of the repo at a commit or branch; null if there is none.
   * @throws `invalid` when it is larger than 1 MiB, no UTF-8, or a directory
   */
  file(repo: string, at: string, path: string): Promise<string | null>;
  /** What that person may do in the repo now; `none` for people the repo does not know. */
  role(repo: string, person: Person): Promise<Role>;
  /** Null if there is no such branch or tag. */
  ref(repo: string, ref: Ref): Promise<RefState | null>;
  /** Whether the branch has the commit in its history. */
  contains(repo: string, branch: string, sha: string): Promise<boolean>;
  /** The merge request as it is now, as its own webhook would tell it; null if there is none. Closed ones have that action. */
  mergeRequest(place: MergeRequestPlace): Promise<MergeRequestEvent | null>;
}

/** The comment somebody wrote: on a merge request, or on a commit. */
export interface CommentPlace {
  readonly repo: string;
  readonly mr: number | null;
  readonly sha: string | null;
  /** The forge's id of it. */
  readonly comment: string;
}

/** `seen`: understood and done, or under way. `refused`: not allowed, or not understood. */
export type Reaction = "seen" | "refused";

/** Answering people. Errors as in Reporter. */
export interface Conversation {
  /** Idempotent: the same reaction twice is one. `forbidden` also where the forge knows no reactions there. */
  react(place: CommentPlace, reaction: Reaction): Promise<WriteOutcome>;
  /** One line in answer to that comment. Idempotent: `marker` is hidden in it and looked for first. */
  reply(place: CommentPlace, marker: string, body: string): Promise<WriteOutcome>;
}

export type Forge = Reporter & ForgeFacts & Conversation;

export type CommentOutcome = { readonly id: string; readonly outcome: "set" | "unchanged" } | "forbidden";
