import type { ForgeEvent } from "../../domain/event.ts";
import { createHooks, type Hooks } from "./github-hooks.ts";
import { learn } from "./learn.ts";
import { addCommit, missing, type NewCommit, type NewPull, type NewRepo, newPull, newRepo, point } from "./making.ts";
import {
  type Access,
  type App,
  type CheckRun,
  type Comment,
  commitCommentsOf,
  type Dialect,
  keyOf,
  type Pipeline,
  type Protection,
  type RefName,
  type State,
  type Status,
  type Token,
  timestamp,
} from "./state.ts";

interface NewUser extends Partial<Omit<Token, "login">> {
  readonly token: string;
  /** A GitHub App or Actions. */
  readonly isBot?: boolean;
}

type NewApp = Omit<App, "installations" | "permissions"> & Partial<Pick<App, "permissions">>;

/** What an App of ours is given. */
const PERMISSIONS = {
  checks: "write",
  contents: "read",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
} as const;

interface NewProtection {
  readonly open?: Protection["open"];
  /** GitHub: a ruleset, as all of tags are; otherwise classic branch protection. */
  readonly ruleset?: boolean;
}

/** Who and what is in the world, and what people see of it. */
export interface Population extends Hooks {
  addUser(login: string, user: NewUser): void;
  /** A GitHub App; its bot is a user like others, with access where it is installed. */
  addApp(app: NewApp, owners: readonly string[]): void;
  addRepo(dialect: Dialect, path: string, repo?: NewRepo): void;
  /** It can be found, by its id alone. */
  addCommit(dialect: Dialect, path: string, sha: string, ref: string): void;
  /** It can be found, has content and ancestors, and a branch or a tag may point to it. */
  commit(dialect: Dialect, path: string, commit: NewCommit): void;
  /** A tag with a message is an object of its own. */
  annotatedTag(dialect: Dialect, path: string, tag: string, sha: string, object: string): void;
  /** `*` in the name is any run of characters. */
  protect(dialect: Dialect, path: string, ref: RefName, how?: NewProtection): void;
  addMergeRequest(dialect: Dialect, path: string, number: number, pull?: NewPull): void;
  /** From now on that account may do this there. */
  grant(dialect: Dialect, path: string, login: string, access: Access): void;
  /** The project's own CI starts (GitLab). */
  addPipeline(path: string, sha: string, ref: string): Pipeline;
  /** A comment of somebody else. */
  addComment(dialect: Dialect, path: string, number: number, login: string, body: string): Comment;
  /** The same on a commit (GitHub and GitLab). */
  addCommitComment(dialect: Dialect, path: string, sha: string, login: string, body: string): Comment;
  /** Everything an event speaks of that is not there yet: repos (public), the commit wherever it can be found, the merge request. */
  learn(dialect: Dialect, event: ForgeEvent): void;
  /** The newest status of each context (on GitLab: and pipeline), as people see them. */
  statuses(dialect: Dialect, path: string, sha: string): readonly Status[];
  /** Every status ever written to that commit, oldest first. */
  history(dialect: Dialect, path: string, sha: string): readonly Status[];
  comments(dialect: Dialect, path: string, number: number): readonly Comment[];
  commitComments(dialect: Dialect, path: string, sha: string): readonly Comment[];
  /** Every check run ever made on that commit, oldest first (GitHub). */
  checks(path: string, sha: string): readonly CheckRun[];
}

export function createPopulation(state: State): Population {
  const repoOf = (dialect: Dialect, path: string) => state.repos.get(keyOf(dialect, path)) ?? missing(`repo ${path}`);
  const userOf = (login: string) => state.users.get(login) ?? missing(`user ${login}`);
  const commentsOf = (dialect: Dialect, path: string, number: number) =>
    repoOf(dialect, path).mergeRequests.get(number) ?? missing(`merge request ${path} ${number}`);
  const history = (dialect: Dialect, path: string, sha: string) =>
    repoOf(dialect, path).statuses.filter((status) => status.sha === sha);
  const newComment = (login: string, body: string): Comment => ({
    ...{ id: state.nextId(), by: userOf(login), createdAt: timestamp(state), reactions: [], body },
  });

  const population: Population = {
    addUser(login, { token, isBot = false, scopes = null, expiresAt = null }) {
      const known = state.users.get(login);
      state.users.set(login, known ?? { id: state.nextId(), login, isBot });
      state.tokens.set(token, { login, scopes, expiresAt });
    },
    addApp(app, owners) {
      const login = `${app.slug}[bot]`;
      state.users.set(login, state.users.get(login) ?? { id: state.nextId(), login, isBot: true });
      state.apps.set(app.id, {
        permissions: PERMISSIONS,
        ...app,
        installations: new Map(owners.map((owner) => [state.nextId(), owner])),
      });
    },
    addRepo(dialect, path, repo = {}) {
      state.repos.set(keyOf(dialect, path), newRepo(dialect, path, repo.id ?? state.nextId(), repo));
    },
    addCommit: (dialect, path, sha, ref) => void repoOf(dialect, path).commits.set(sha, ref),
    commit: (dialect, path, commit) => addCommit(repoOf(dialect, path), commit),
    annotatedTag: (dialect, path, name, sha, object) =>
      point(repoOf(dialect, path), { kind: "tag", name, sha, object }),
    protect(dialect, path, { kind, name }, { open = "some", ruleset = kind === "tag" } = {}) {
      repoOf(dialect, path).protections.push({ id: state.nextId(), kind, pattern: name, open, ruleset });
    },
    grant: (dialect, path, login, access) => void repoOf(dialect, path).access.set(login, access),
    ...createHooks(state, (path) => repoOf("github", path)),
    addMergeRequest(dialect, path, number, pull = {}) {
      const repo = repoOf(dialect, path);
      repo.mergeRequests.set(number, []);
      repo.pulls.set(number, newPull(repo, number, pull, pull.by === undefined ? null : userOf(pull.by)));
    },
    addPipeline(path, sha, ref) {
      const pipeline: Pipeline = { id: state.nextId(), sha, ref, source: "push" };
      repoOf("gitlab", path).pipelines.push(pipeline);
      return pipeline;
    },
    addComment(dialect, path, number, login, body) {
      const comment = newComment(login, body);
      commentsOf(dialect, path, number).push(comment);
      return comment;
    },
    addCommitComment(dialect, path, sha, login, body) {
      const comment = newComment(login, body);
      commitCommentsOf(repoOf(dialect, path), sha).push(comment);
      return comment;
    },
    learn: (dialect, event) => learn(state, dialect, event),
    statuses(dialect, path, sha) {
      const newest = new Map(
        history(dialect, path, sha).map((status) => [`${status.context}\n${status.pipeline}`, status]),
      );
      return [...newest.values()];
    },
    history,
    comments: commentsOf,
    checks: (path, sha) => repoOf("github", path).checks.filter((run) => run.sha === sha),
    commitComments: (dialect, path, sha) => commitCommentsOf(repoOf(dialect, path), sha),
  };
  return population;
}
