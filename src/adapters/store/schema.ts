import type { ColumnType } from "kysely";

/**
 * The one schema, for SQLite and Postgres. Times are epoch milliseconds; JSON travels as text, because SQLite has no
 * other and Postgres would reorder keys. better-sqlite3 binds no booleans, dates or objects: there are none here.
 */
export interface Tables {
  merge_request: MergeRequestTable;
  receipt: ReceiptTable;
  delivery: DeliveryTable;
  build: BuildTable;
  status: StatusTable;
  comment: CommentTable;
  comment_build: CommentBuildTable;
  sidetag: SideTagTable;
  sidetag_build: SideTagBuildTable;
  tag_macros: TagMacrosTable;
  lease: LeaseTable;
}

export interface DeliveryTable {
  forge: string;
  id: string;
  received_at: number;
  event: string;
  /** Copies out of `summary`, for the lists. */
  repo: string | null;
  author: string | null;
  headers: string;
  payload: Buffer;
  /** How: see payload.ts. */
  kept: number;
  summary: string | null;
  /** Not null while the forge has to be asked; then `wake_at` and `tries` count. */
  waiting: string | null;
  wake_at: number | null;
  tries: number;
  ignored: string | null;
  builds: string;
  trace: string;
}

/** What we last heard of it. */
export interface MergeRequestTable {
  forge: string;
  repo: string;
  mr: number;
  /** The commit it is at; null when it is closed. */
  head: string | null;
  /** The commit that somebody with write access let through, `*` for all to come. */
  approved: string | null;
  updated_at: number;
}

/** Comments and buttons that were understood: each counts once. */
export interface ReceiptTable {
  forge: string;
  repo: string;
  id: string;
  answer: string | null;
  reaction: string;
  at: number;
}

export interface BuildTable {
  id: string;
  revision: number;
  delivery: string;
  phase: string;
  forge: string;
  repo: string;
  sha: string;
  hub: string;
  /** A copy out of `request`. */
  target: string;
  /** Who asked for it first, and what for (Origin). */
  author: string | null;
  origin: string | null;
  /** A copy out of `details`, to be searched. */
  nvr: string | null;
  request: string;
  intent: string | null;
  attempt: number;
  ending: string | null;
  /** `hold`, `carrier`, `failures`, `retries` and `made` of the build, as one object. */
  details: string;
  /** 1 once a push or a tag asked for it: no merge request can withdraw it then. */
  pinned: number;
  task: string | null;
  /** Copies out of `task`, so that watching ten thousand builds parses no JSON. */
  task_id: number | null;
  task_state: string | null;
  reason: string | null;
  parked: string | null;
  tries: number;
  wake_at: number | null;
  created_at: ColumnType<number, number, never>;
  updated_at: number;
  finished_at: number | null;
}

interface Owed {
  wanted: number;
  done: number;
  tries: number;
  wake_at: number | null;
  outcome: string | null;
  /** When it was last tried. */
  said_at: number | null;
}

export interface StatusTable extends Owed {
  id: string;
  forge: string;
  repo: string;
  sha: string;
  /** Null for the one that sums up the commit. */
  build: string | null;
  /** 1: the summary does not turn red for it. */
  optional: number;
  /** Of a summary: what it says beside its builds, by what caused it. */
  notices: string | null;
  place: string;
  context: string;
  said: string | null;
}

export interface CommentTable extends Owed {
  id: string;
  forge: string;
  repo: string;
  mr: number;
  comment: string | null;
  said: string | null;
}

export interface CommentBuildTable {
  comment: string;
  build: string;
  /** Order in which the merge request asked for them. */
  seq: number;
}

export interface SideTagTable {
  id: string;
  revision: number;
  forge: string;
  repo: string;
  mr: number | null;
  ref: string;
  hub: string;
  base: string;
  macros: string;
  phase: string;
  name: string | null;
  /** Not null for at most one row of a hub and base. */
  intent: string | null;
  reason: string | null;
  tries: number;
  wake_at: number | null;
  used_at: number;
  created_at: ColumnType<number, number, never>;
  updated_at: number;
}

/** Who asked for it, and in which attempt last. */
export interface SideTagBuildTable {
  sidetag: string;
  build: string;
  attempt: number;
}

export interface TagMacrosTable {
  hub: string;
  tag: string;
  revision: number;
  saved: string;
  confirmed: string;
  wanted: string;
  users: string;
}

/** What only one process does at a time (docs/adr/0006-leases.md). */
export interface LeaseTable {
  name: string;
  holder: string;
  token: number;
  /** How often somebody had something to do for the holder. */
  nudges: number;
  /** By the database's clock. */
  expires_at: number;
}
