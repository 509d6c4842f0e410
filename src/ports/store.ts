import type { Build, Ending } from "../domain/build.ts";
import type { ForgeEvent, PersonEvent } from "../domain/event.ts";
import type { TaskId, TaskState } from "../domain/koji.ts";
import type { CommitStatus } from "../domain/report.ts";
import type { RuleTrace } from "../domain/rules.ts";
import type { Notice, Whole } from "../domain/summary.ts";
import type { KnownRepos } from "./catch-up.ts";
import type { CensusTaker } from "./census.ts";
import type { MergeRequestPlace, Reaction, StatusPlace } from "./forge.ts";
import type { Gallery } from "./gallery.ts";
import type { Held, LeaseStore } from "./leases.ts";
import type { Key } from "./queue.ts";
import type { Archive } from "./retention.ts";
import type { SideTagStore } from "./sidetags.ts";
import type { TagMacroStore } from "./tag-macros.ts";

/** One verified webhook call and what became of it. */
export interface Delivery {
  readonly id: string;
  readonly forge: string;
  readonly receivedAt: number;
  /** The forge's event name, as its header says. */
  readonly event: string;
  /** Headers without secrets and signatures. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
  readonly summary: ForgeEvent | PersonEvent | null;
  /** What is asked of the forge before it is decided what becomes of this: for people. Null once that is decided. */
  readonly waiting: string | null;
  readonly ignored: string | null;
  readonly builds: readonly string[];
  readonly trace: readonly RuleTrace[];
}

/** The part of a delivery that is decided later. */
export type Settled = Pick<Delivery, "id" | "forge" | "ignored" | "builds" | "trace">;

/** A build that a delivery asks for, and where its word is owed. */
export interface Order {
  readonly build: Build;
  readonly place: StatusPlace;
  readonly context: string;
  readonly mr: MergeRequestPlace | null;
}

/** The status that sums up a commit is owed, whether or not there are builds. */
export interface SummaryOrder {
  readonly forge: string;
  readonly place: StatusPlace;
  readonly context: string;
  /** False: only if the commit has one already. */
  readonly isNew: boolean;
  /** What it says beside its builds. Replaces what was said for the same `cause`: a branch, a tag, a merge request. */
  readonly notice: Notice | null;
  readonly cause: string;
  readonly at: number;
}

/** News of a merge request: the builds that nobody wants any more, which are all but those of commit `keep`; null: it is closed. */
export interface Withdrawal {
  readonly forge: string;
  readonly mr: MergeRequestPlace;
  readonly keep: string | null;
  readonly ending: Omit<Ending, "again">;
}

export interface Acceptance {
  /** The same delivery was accepted before; `builds` and `ignored` are what it became then. */
  readonly duplicate: boolean;
  /** As in Delivery. */
  readonly waiting: string | null;
  readonly builds: readonly string[];
  readonly ignored: string | null;
}

/** Errors of every store method: `transient` (database locked or unreachable), `bug`. */
export interface Inbox {
  /**
   * Writes the delivery, its builds and the words owed for them in one transaction, durable when the promise resolves.
   * Idempotent: a known delivery changes nothing; a known build is shared, not repeated, unless it ended because nobody
   * wanted it. A withdrawal spares builds that a push, a tag or another merge request asked for.
   */
  accept(
    delivery: Delivery,
    orders: readonly Order[],
    withdrawal?: Withdrawal | null,
    summary?: SummaryOrder | null,
  ): Promise<Acceptance>;
  delivery(id: string): Promise<Delivery | null>;
  /**
   * What became of a delivery that waited: its builds and the words owed for them, in one transaction. False, and nothing
   * written, when it waits no more. A merge request that moved on meanwhile or was closed gets no builds.
   */
  settle(outcome: Settled, orders: readonly Order[], summary?: SummaryOrder | null): Promise<boolean>;
  /** A delivery that waits, with the failed tries since it came; null when it waits no more. `key` is that of DueStore. */
  waiting(key: string): Promise<{ readonly delivery: Delivery; readonly tries: number } | null>;
  /** It goes on waiting. */
  postpone(key: string, tries: number, wakeAt: number): Promise<void>;
  /** Resolves if `accept` could write now. */
  ready(): Promise<void>;
}

/** Somebody let a fork's code through: that commit, or with `all` also every later one of the merge request. */
export interface Approval {
  readonly forge: string;
  readonly mr: MergeRequestPlace;
  readonly sha: string;
  readonly all: boolean;
}

/** What people ask for: by a command, a button, or the API. */
export type Wish =
  | { readonly kind: "again"; readonly builds: readonly string[] }
  | { readonly kind: "cancel"; readonly builds: readonly string[]; readonly reason: string }
  | ({ readonly kind: "approve" } & Approval)
  | { readonly kind: "order"; readonly orders: readonly Order[]; readonly delivery: Delivery };

/** The comment or button that carries wishes: each counts once, however often it is delivered or edited. */
export interface Receipt {
  readonly forge: string;
  readonly repo: string;
  /** The forge's id of the comment, or of the delivery of a button. */
  readonly id: string;
  /** What is answered, kept so that an answer lost in a crash is the same when it is given again. */
  readonly answer: string | null;
  /** Whether all of it was understood and allowed. */
  readonly reaction: Reaction;
}

export interface Wishes {
  /** All of them in one transaction: the builds that changed. With a receipt that is known already, none of them. */
  fulfil(wishes: readonly Wish[], now: number, receipt?: Receipt | null): Promise<string[]>;
  /** Null: nothing was done for it yet. */
  receipt(forge: string, repo: string, id: string): Promise<Receipt | null>;
  /** Every build the merge request asked for at that commit; for null, every build of the commit that is not a merge request's alone. */
  buildsOf(forge: string, repo: string, mr: number | null, sha: string): Promise<Build[]>;
  /** The commit a merge request is at as far as deliveries told, and since when; `head` null once it is closed. */
  headOf(
    forge: string,
    mr: MergeRequestPlace,
  ): Promise<{ readonly head: string | null; readonly since: number } | null>;
  /** What a push or a tag said of that commit, newest first; null if none was delivered. */
  eventOf(forge: string, repo: string, sha: string): Promise<ForgeEvent | null>;
}

export interface RunningTask {
  readonly build: string;
  readonly task: TaskId;
  readonly state: TaskState;
  /** When the build was created, epoch milliseconds. */
  readonly since: number;
  /** It was said that the hub does not answer. */
  readonly parked: boolean;
}

export interface BuildStore {
  build(id: string): Promise<Build | null>;
  /** Newest first. */
  builds(filter: { readonly repo?: string; readonly sha?: string; readonly limit: number }): Promise<Build[]>;
  /**
   * Saves what was loaded at `build.revision` and returns it with the next one. `visible` also makes every status and
   * comment about this build due, in the same transaction.
   * @throws `conflict` when the record moved since it was loaded, or the lease it is written `under` has changed hands
   */
  save(build: Build, visible: boolean, under?: Held | null): Promise<Build>;
  /** Running builds of that hub whose task is not known to be finished. */
  running(hub: string): Promise<RunningTask[]>;
}

/** A word owed to a forge. `wanted` grows whenever what should be said may have changed; owed while `done < wanted`. */
export interface Owed {
  readonly wanted: number;
  readonly done: number;
  /** Failed tries since the last success. */
  readonly tries: number;
}

interface OwedStatus extends Owed {
  readonly forge: string;
  readonly place: StatusPlace;
  readonly context: string;
  /** What the forge last confirmed. */
  readonly said: CommitStatus | null;
  /** When to speak next; with nothing owed, when to look whether the word still stands. */
  readonly wakeAt: number | null;
}

/** What one commit status is about: a build, or all of the commit's. */
export type StatusRecord = OwedStatus &
  ({ readonly kind: "build"; readonly build: Build } | { readonly kind: "summary"; readonly whole: Whole });

export interface CommentRecord extends Owed {
  readonly forge: string;
  readonly place: MergeRequestPlace;
  /** The forge's id of the comment, once there is one. */
  readonly comment: string | null;
  /** Digest of the body the forge last confirmed. */
  readonly said: string | null;
  /** Every build asked for by this merge request, oldest first. */
  readonly builds: readonly Build[];
}

/** How an attempt to say something ended. With nothing owed up to `done`, `wakeAt` is when to look whether it still stands. */
export interface Saying<Said> {
  readonly done: number;
  readonly tries: number;
  readonly wakeAt: number | null;
  readonly said: Said | null;
  /** `set`, `unchanged`, `forbidden`, or the last error in one line. */
  readonly outcome: string;
}

export interface ReportStore {
  status(id: string): Promise<StatusRecord | null>;
  /** A wish that arrived meanwhile (`wanted` above `done`) stays due. */
  saveStatus(id: string, saying: Saying<CommitStatus>): Promise<void>;
  comment(id: string): Promise<CommentRecord | null>;
  saveComment(id: string, saying: Saying<string> & { readonly comment: string | null }): Promise<void>;
}

export interface DueStore {
  /** Keys of every record whose time has come, most overdue first. */
  due(now: number, limit: number): Promise<Key[]>;
}

export type Store = Inbox &
  BuildStore &
  Wishes &
  ReportStore &
  DueStore &
  Gallery &
  SideTagStore &
  TagMacroStore &
  LeaseStore &
  CensusTaker &
  KnownRepos &
  Archive & { close(): Promise<void> };
