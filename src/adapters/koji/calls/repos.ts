import type { TaskId } from "../../../domain/koji.ts";
import type { Caller } from "../caller.ts";
import { type From, toChoice, toFlag, toInt, toNullable, toOptionalInt, toStruct, toText } from "../shape.ts";
import { named } from "../xmlrpc.ts";

/** koji.REPO_STATES; builds may use an expired one. */
const REPO_STATES = ["INIT", "READY", "EXPIRED", "DELETED", "PROBLEM"] as const;
export type RepoState = (typeof REPO_STATES)[number];

export interface Repo {
  readonly id: number;
  readonly tag: string;
  readonly state: RepoState;
  /** It shows the tag as it was at this event. */
  readonly createEvent: number;
  readonly taskId: TaskId | null;
}

export interface RepoRequest {
  readonly id: number;
  /** False without a repo: it failed. */
  readonly active: boolean;
  readonly taskId: TaskId | null;
}

/** How far a request for a repo is. */
export interface RepoProgress {
  readonly repo: Repo | null;
  readonly request: RepoRequest | null;
}

export interface RepoCalls {
  /** The newest usable one. */
  getRepo(tag: string | number): Promise<Repo | null>;
  repoInfo(id: number): Promise<Repo | null>;
  /**
   * Asks for a repo that is at least as new as an event, or as the tag's last change. Asking twice gives the same request. Since 1.35:
   * waitForRepo works with older hubs too.
   */
  requestRepo(tag: string | number, newerThan: number | "last"): Promise<RepoProgress>;
  checkRepoRequest(id: number): Promise<RepoProgress>;
}

export function createRepoCalls({ read, write }: Caller): RepoCalls {
  return {
    async getRepo(tag) {
      return toNullable(await read("getRepo", tag), "getRepo", toRepo);
    },
    async repoInfo(id) {
      return toNullable(await read("repoInfo", id), "repoInfo", toRepo);
    },
    async requestRepo(tag, newerThan) {
      const answer = await write("repo.request", [tag, named({ min_event: newerThan })]);
      return toProgress(toStruct(answer, "repo.request"));
    },
    async checkRepoRequest(id) {
      return toProgress(toStruct(await read("repo.checkRequest", id), "repo.checkRequest"));
    },
  };
}

function toProgress({ method, struct }: From): RepoProgress {
  return {
    repo: toNullable(struct.repo ?? null, method, toRepo),
    request: toNullable(struct.request ?? null, method, toRequest),
  };
}

function toRequest(from: From): RepoRequest {
  return { id: toInt(from, "id"), active: toFlag(from, "active"), taskId: toOptionalInt(from, "task_id") };
}

function toRepo(from: From): Repo {
  return {
    id: toInt(from, "id"),
    tag: toText(from, "tag_name"),
    state: toChoice(from, "state", REPO_STATES),
    createEvent: toInt(from, "create_event"),
    taskId: toOptionalInt(from, "task_id"),
  };
}
