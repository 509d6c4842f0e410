/** A repository as its forge names it. `path` is `owner/name` on GitHub, `group/sub/name` on GitLab. */
export interface Repo {
  readonly path: string;
  /** https clone URL without credentials. */
  readonly cloneUrl: string;
  readonly webUrl: string;
  /** The forge's own numeric id: paths can be renamed. */
  readonly id: number;
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
}

export type ForgeEvent = PushEvent | TagEvent | MergeRequestEvent;

/** "Not for us" is a value, not an error. `reason` is one line a packager understands. */
export interface Ignored {
  readonly ignored: string;
}

export function isIgnored(value: object): value is Ignored {
  return "ignored" in value;
}
