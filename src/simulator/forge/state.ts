import type { History } from "./history.ts";

export type Dialect = "github" | "gitlab" | "forgejo";
/** `read`: sees it and may comment, GitLab's Reporter. `write`: push access, its Developer. `admin`: its Maintainer. */
export type Access = "none" | "read" | "write" | "admin";

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
  /** Of a GitHub App's installation: whose repos it is for, and until when in epoch milliseconds. */
  readonly app?: { readonly id: number; readonly owner: string; readonly until: number };
}

/** A GitHub App and where it is installed: installation → owner. */
export interface App {
  readonly id: number;
  readonly slug: string;
  /** PEM. */
  readonly publicKey: string;
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  readonly installations: ReadonlyMap<number, string>;
}

/** A check run as GitHub keeps it, and its buttons. */
export interface CheckRun {
  readonly id: number;
  readonly app: number;
  readonly sha: string;
  readonly name: string;
  status: string;
  conclusion: string | null;
  externalId: string;
  detailsUrl: string | null;
  output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null };
  readonly annotations: unknown[];
  actions: readonly unknown[];
}

export interface Repo {
  readonly dialect: Dialect;
  readonly path: string;
  readonly id: number;
  readonly isPrivate: boolean;
  readonly webUrl: string;
  readonly access: Map<string, Access>;
  /** Commits that can be found here, and the branch or tag each was seen on. */
  readonly commits: Map<string, string>;
  /** What is in those commits whose content matters to somebody. */
  readonly history: History;
  /** By `keyOfRef`. */
  readonly refs: Map<string, PointedRef>;
  readonly protections: Protection[];
  readonly mergeRequests: Map<number, Comment[]>;
  readonly pulls: Map<number, Pull>;
  /** By commit. */
  readonly commitComments: Map<string, Comment[]>;
  readonly statuses: Status[];
  readonly checks: CheckRun[];
  readonly pipelines: Pipeline[];
  readonly hooks: Hook[];
}

/** A webhook, and what was sent to it, oldest first. */
export interface Hook {
  readonly id: number;
  readonly url: string;
  readonly secret: string;
  readonly sendings: Sending[];
}

export interface Sending {
  readonly id: number;
  /** The same when it is sent again. */
  readonly guid: string;
  readonly at: string;
  readonly event: string;
  readonly payload: unknown;
  /** 0: nobody answered. */
  readonly status: number;
  readonly isAgain: boolean;
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
  readonly reactions: { readonly id: number; readonly by: User; readonly name: string }[];
  body: string;
}

export interface RefName {
  readonly kind: "branch" | "tag";
  readonly name: string;
}

export interface PointedRef extends RefName {
  readonly sha: string;
  /** The object of an annotated tag. */
  readonly object: string | null;
}

/** Who may still move what is protected: `some` for those the forge means by it, `all` for a rule that keeps nobody who may push. */
export interface Protection {
  readonly id: number;
  readonly kind: RefName["kind"];
  /** A name or a pattern in which `*` is any run of characters. */
  readonly pattern: string;
  readonly open: "some" | "all";
  /** GitHub's newer kind; tags have no other there. */
  readonly ruleset: boolean;
}

/** A merge request as somebody opened it; its comments are kept in `mergeRequests`. */
export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly text: string;
  readonly sha: string;
  readonly branch: string;
  readonly sourceBranch: string;
  /** The path of the repo the commit is in; null when that fork is gone. */
  readonly source: string | null;
  readonly state: "open" | "closed" | "merged";
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly by: User | null;
}

export interface State {
  readonly now: () => number;
  readonly users: Map<string, User>;
  readonly tokens: Map<string, Token>;
  readonly repos: Map<string, Repo>;
  readonly apps: Map<number, App>;
  nextId(): number;
}

export function createState(now: () => number): State {
  let id = 1000;
  return { now, users: new Map(), tokens: new Map(), repos: new Map(), apps: new Map(), nextId: () => ++id };
}

export function keyOf(dialect: Dialect, path: string): string {
  return `${dialect}:${path.toLowerCase()}`;
}

export function accessOf(repo: Repo, user: User): Access {
  return repo.access.get(user.login) ?? (repo.isPrivate ? "none" : "read");
}

const LEVELS: readonly Access[] = ["none", "read", "write", "admin"];

export function mayAs(repo: Repo, user: User, needed: Access): boolean {
  return LEVELS.indexOf(accessOf(repo, user)) >= LEVELS.indexOf(needed);
}

export function keyOfRef({ kind, name }: RefName): string {
  return `${kind} ${name}`;
}

export function protectionsOf(repo: Repo, ref: RefName): Protection[] {
  return repo.protections.filter(({ kind, pattern }) => {
    const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return kind === ref.kind && new RegExp(`^${parts.join(".*")}$`).test(ref.name);
  });
}

export function commitCommentsOf(repo: Repo, sha: string): Comment[] {
  const known = repo.commitComments.get(sha) ?? [];
  repo.commitComments.set(sha, known);
  return known;
}

export function timestamp(state: State): string {
  return new Date(state.now()).toISOString();
}
