/** A repository as its forge names it. `path` is `owner/name` on GitHub, `group/sub/name` on GitLab. */
export interface Repo {
  readonly path: string;
  /** https clone URL without credentials. */
  readonly cloneUrl: string;
  readonly webUrl: string;
  /** The forge's own numeric id: paths can be renamed. */
  readonly id: number;
}

/** Somebody, as the forge knows them. GitLab's payloads have the id alone in places. */
export interface Person {
  readonly id: number;
  readonly login: string | null;
}

interface EventBase {
  /** The forge's name in our configuration. */
  readonly forge: string;
  /** The repo that received the event; for a merge request the target repo. */
  readonly repo: Repo;
  /** Login of whoever caused it. */
  readonly author: string;
  /** Text in which `[skip ci]` and `[skip koji]` are looked for: head commit message, or MR title and description. */
  readonly text: string;
}

export interface PushEvent extends EventBase {
  readonly kind: "push";
  readonly branch: string;
  readonly sha: string;
  readonly before: string | null;
  /** Paths touched, when the payload lists every commit; null when it does not. */
  readonly changed: readonly string[] | null;
}

export interface TagEvent extends EventBase {
  readonly kind: "tag";
  readonly tag: string;
  /** The commit, never the tag object. */
  readonly sha: string;
}

export interface MergeRequestEvent extends EventBase {
  readonly kind: "merge_request";
  /** What people see: GitHub's number, GitLab's iid. */
  readonly mr: number;
  readonly action: "opened" | "updated" | "reopened" | "ready" | "closed" | "merged";
  readonly title: string;
  /** The branch it wants to go to. */
  readonly branch: string;
  readonly sourceBranch: string;
  readonly sha: string;
  readonly draft: boolean;
  readonly labels: readonly string[];
  /** True when the commit lives in another repo than the target. */
  readonly fork: boolean;
  /** The repo that holds the commit; equals `repo` unless `fork`. */
  readonly source: Repo;
  readonly webUrl: string;
  /** Who opened it, and so answers for what is in it, whoever caused this event; null if that account is gone. */
  readonly opener: Person | null;
}

/** Somebody wrote a comment. `text` is all of it. */
export interface CommentEvent extends EventBase {
  readonly kind: "comment";
  /** The forge's id of the comment. */
  readonly comment: string;
  /** When it was written or last edited, by the forge's clock: epoch milliseconds. */
  readonly at: number;
  readonly person: Person;
  /** Null for a comment on a commit. */
  readonly mr: number | null;
  /** Null on a merge request: only the forge knows its head now. */
  readonly sha: string | null;
}

/** Somebody pressed a button of a check run, or asked for all of a commit's checks again. */
export interface ButtonEvent extends EventBase {
  readonly kind: "button";
  readonly action: "retry" | "cancel";
  readonly person: Person;
  readonly sha: string;
  /** The check run's own id for its build (`external_id`); null: every build of the commit. */
  readonly build: string | null;
}

/** What people ask for, instead of what became of a repo. */
export type PersonEvent = CommentEvent | ButtonEvent;

export type ForgeEvent = PushEvent | TagEvent | MergeRequestEvent;

export function isPersonEvent(event: ForgeEvent | PersonEvent): event is PersonEvent {
  return event.kind === "comment" || event.kind === "button";
}

/** "Not for us" is a value, not an error. `reason` is one line a packager understands. */
export interface Ignored {
  readonly ignored: string;
}

export function isIgnored(value: object): value is Ignored {
  return "ignored" in value;
}
