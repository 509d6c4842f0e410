export type Dialect = "github" | "gitlab" | "forgejo";
/** `read`: sees it and may comment. `write`: push access, GitLab's Developer. */
export type Access = "none" | "read" | "write";

export interface User {
  readonly id: number;
  readonly login: string;
  /** GitHub Apps and Actions: no `/user` for them. */
  readonly isBot: boolean;
}

/** What an account was given to show itself with. */
export interface Token {
  readonly login: string;
  /** Null: GitHub's fine-grained tokens, whose permissions are not told; every scope on GitLab and Forgejo. */
  readonly scopes: readonly string[] | null;
  /** `2027-01-31`, or null for never. */
  readonly expiresAt: string | null;
}

export interface Repo {
  readonly dialect: Dialect;
  readonly path: string;
  readonly id: number;
  readonly isPrivate: boolean;
  readonly access: Map<string, Access>;
  /** Commits that can be found here, and the branch or tag each was seen on. */
  readonly commits: Map<string, string>;
  readonly mergeRequests: Map<number, Comment[]>;
  readonly statuses: Status[];
  readonly pipelines: Pipeline[];
}

/** Every status ever written, oldest first; `retried` ones were followed by a newer one of that name (GitLab). */
export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly by: User;
  readonly createdAt: string;
  state: string;
  description: string | null;
  targetUrl: string | null;
  /** GitLab only. */
  readonly ref: string | null;
  readonly pipeline: number | null;
  retried: boolean;
}

/** GitLab's: `external` ones were opened by a status, the others by the project's own CI. */
export interface Pipeline {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly source: "external" | "push" | "merge_request_event";
}

export interface Comment {
  readonly id: number;
  readonly by: User;
  readonly createdAt: string;
  body: string;
}

export interface State {
  readonly now: () => number;
  readonly users: Map<string, User>;
  readonly tokens: Map<string, Token>;
  readonly repos: Map<string, Repo>;
  nextId(): number;
}

export function createState(now: () => number): State {
  let id = 1000;
  return { now, users: new Map(), tokens: new Map(), repos: new Map(), nextId: () => ++id };
}

export function keyOf(dialect: Dialect, path: string): string {
  return `${dialect}:${path.toLowerCase()}`;
}

export function accessOf(repo: Repo, user: User): Access {
  return repo.access.get(user.login) ?? (repo.isPrivate ? "none" : "read");
}

export function timestamp(state: State): string {
  return new Date(state.now()).toISOString();
}
