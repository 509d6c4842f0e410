import type {
  BuildRow,
  Buildroot,
  Channel,
  Host,
  Repo,
  RepoRequest,
  Session,
  Tag,
  Target,
  TaskRow,
  Upload,
  User,
} from "./rows.ts";
/** What the hub keeps. All times are epoch milliseconds. Mutated in place: every method checks first and writes last, so a fault
 * never leaves half a change behind, which is what the real hub's transaction gives it. */
export interface Database {
  readonly users: Map<number, User>;
  readonly sessions: Map<number, Session>;
  readonly channels: Map<number, Channel>;
  readonly hosts: Map<number, Host>;
  readonly tasks: Map<number, TaskRow>;
  /** Ids of the children, per task. */
  readonly children: Map<number, number[]>;
  readonly tags: Map<number, Tag>;
  readonly targets: Map<number, Target>;
  readonly packages: Map<string, number>;
  readonly builds: Map<number, BuildRow>;
  readonly repos: Map<number, Repo>;
  readonly repoRequests: Map<number, RepoRequest>;
  readonly events: Map<number, number>;
  readonly buildroots: Map<number, Buildroot>;
  /** Path below the topdir's `work/` → content. */
  readonly uploads: Map<string, Upload>;
  /** The first user to upload into a directory owns it. */
  readonly uploadOwners: Map<string, number>;
  /** Counts every change; a call that raised it was committed, and with it its call number. */
  changes: number;
  /** The next free number of each kind, where it is not 1. */
  readonly next: Map<Sequence, number>;
  readonly numbering: Numbering;
}

export type Sequence =
  | "user"
  | "session"
  | "task"
  | "tag"
  | "target"
  | "package"
  | "build"
  | "repo"
  | "repoRequest"
  | "event"
  | "buildroot"
  | "rpm";

export function createDatabase(numbering: Numbering = () => undefined): Database {
  return {
    users: new Map(),
    sessions: new Map(),
    channels: new Map(),
    hosts: new Map(),
    tasks: new Map(),
    children: new Map(),
    tags: new Map(),
    targets: new Map(),
    packages: new Map(),
    builds: new Map(),
    repos: new Map(),
    repoRequests: new Map(),
    events: new Map(),
    buildroots: new Map(),
    uploads: new Map(),
    uploadOwners: new Map(),
    changes: 0,
    numbering,
    next: new Map(),
  };
}

/** Gives rows chosen numbers, so that a recording can be replayed with its own ids; undefined: the next free one. */
export type Numbering = (sequence: Sequence, about: About) => number | undefined;

/** What is known of a row before it has its number. */
export type About = Partial<Pick<TaskRow, "method" | "label" | "parent" | "request">> & { readonly task?: number };

export function nextId(db: Database, sequence: Sequence, about: About = {}): number {
  const free = db.next.get(sequence) ?? 1;
  const id = db.numbering(sequence, about) ?? free;
  db.next.set(sequence, Math.max(free, id + 1));
  return id;
}

/** Leaves one number out. */
export function skipId(db: Database, sequence: Sequence): void {
  db.next.set(sequence, (db.next.get(sequence) ?? 1) + 1);
}

/** Tells the dispatcher that this call changed something. */
export function changed(db: Database): void {
  db.changes++;
}
