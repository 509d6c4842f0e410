import type { Repo as EventRepo, ForgeEvent } from "../../domain/event.ts";
import {
  type Access,
  type Comment,
  type Dialect,
  keyOf,
  type Pipeline,
  type Repo,
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

interface NewRepo {
  readonly id?: number;
  readonly isPrivate?: boolean;
  /** Login → what that account may do; everybody else may read what is not private. */
  readonly access?: Readonly<Record<string, Access>>;
}

/** Who and what is in the world, and what people see of it. */
export interface Population {
  addUser(login: string, user: NewUser): void;
  addRepo(dialect: Dialect, path: string, repo?: NewRepo): void;
  addCommit(dialect: Dialect, path: string, sha: string, ref: string): void;
  addMergeRequest(dialect: Dialect, path: string, number: number): void;
  /** The project's own CI starts (GitLab). */
  addPipeline(path: string, sha: string, ref: string): Pipeline;
  /** A comment of somebody else. */
  addComment(dialect: Dialect, path: string, number: number, login: string, body: string): Comment;
  /** Everything an event speaks of that is not there yet: repos (public), the commit wherever it can be found, the merge request. */
  learn(dialect: Dialect, event: ForgeEvent): void;
  /** The newest status of each context (on GitLab: and pipeline), as people see them. */
  statuses(dialect: Dialect, path: string, sha: string): readonly Status[];
  /** Every status ever written to that commit, oldest first. */
  history(dialect: Dialect, path: string, sha: string): readonly Status[];
  comments(dialect: Dialect, path: string, number: number): readonly Comment[];
}

export function createPopulation(state: State): Population {
  const repoOf = (dialect: Dialect, path: string) => state.repos.get(keyOf(dialect, path)) ?? missing(`repo ${path}`);
  const userOf = (login: string) => state.users.get(login) ?? missing(`user ${login}`);
  const commentsOf = (dialect: Dialect, path: string, number: number) =>
    repoOf(dialect, path).mergeRequests.get(number) ?? missing(`merge request ${path} ${number}`);
  const history = (dialect: Dialect, path: string, sha: string) =>
    repoOf(dialect, path).statuses.filter((status) => status.sha === sha);

  const population: Population = {
    addUser(login, { token, isBot = false, scopes = null, expiresAt = null }) {
      const known = state.users.get(login);
      state.users.set(login, known ?? { id: state.nextId(), login, isBot });
      state.tokens.set(token, { login, scopes, expiresAt });
    },
    addRepo(dialect, path, { id = state.nextId(), isPrivate = false, access = {} } = {}) {
      state.repos.set(keyOf(dialect, path), newRepo(dialect, path, id, isPrivate, access));
    },
    addCommit: (dialect, path, sha, ref) => void repoOf(dialect, path).commits.set(sha, ref),
    addMergeRequest: (dialect, path, number) => void repoOf(dialect, path).mergeRequests.set(number, []),
    addPipeline(path, sha, ref) {
      const pipeline: Pipeline = { id: state.nextId(), sha, ref, source: "push" };
      repoOf("gitlab", path).pipelines.push(pipeline);
      return pipeline;
    },
    addComment(dialect, path, number, login, body) {
      const comment = { id: state.nextId(), by: userOf(login), createdAt: timestamp(state), body };
      commentsOf(dialect, path, number).push(comment);
      return comment;
    },
    learn: (dialect, event) => learn(state, population, dialect, event),
    statuses(dialect, path, sha) {
      const newest = new Map(
        history(dialect, path, sha).map((status) => [`${status.context}\n${status.pipeline}`, status]),
      );
      return [...newest.values()];
    },
    history,
    comments: commentsOf,
  };
  return population;
}

function learn(state: State, population: Population, dialect: Dialect, event: ForgeEvent): void {
  const known = ({ path, id }: EventRepo) => {
    if (!state.repos.has(keyOf(dialect, path))) population.addRepo(dialect, path, { id });
  };
  known(event.repo);
  const ref = event.kind === "tag" ? event.tag : event.kind === "push" ? event.branch : event.sourceBranch;
  // A fork's commit can be found in the target too: refs/pull/N/head, refs/merge-requests/N/head.
  population.addCommit(dialect, event.repo.path, event.sha, ref);
  if (event.kind !== "merge_request") return;
  known(event.source);
  population.addCommit(dialect, event.source.path, event.sha, ref);
  const { mergeRequests } = state.repos.get(keyOf(dialect, event.repo.path)) ?? missing(event.repo.path);
  if (!mergeRequests.has(event.mr)) mergeRequests.set(event.mr, []);
}

function newRepo(
  dialect: Dialect,
  path: string,
  id: number,
  isPrivate: boolean,
  access: Readonly<Record<string, Access>>,
): Repo {
  const empty = { commits: new Map(), mergeRequests: new Map(), statuses: [], pipelines: [] };
  return { dialect, path, id, isPrivate, access: new Map(Object.entries(access)), ...empty };
}

function missing(what: string): never {
  throw new Error(`the forge world has no ${what}`);
}
