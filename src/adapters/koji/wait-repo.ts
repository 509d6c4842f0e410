import { setTimeout as delay } from "node:timers/promises";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Repo, RepoCalls, RepoProgress } from "./calls/repos.ts";
import type { TagCalls } from "./calls/tags.ts";
import { isMissingMethod } from "./faults.ts";

export interface WaitRepoOptions {
  /** Milliseconds between two looks; default 6 s, as Koji's own client. */
  readonly interval?: number;
  /** Milliseconds altogether; default two hours, as kojid. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits for a repo that shows the tag as it is now. Hubs since 1.35 are asked to make one; on older ones kojira sees the change by itself,
 * and the newest repo is looked at until it is new enough.
 * @throws KojibridgeError `rejected` when the repo cannot be made, `transient` when it takes too long
 */
export async function waitForRepo(
  koji: RepoCalls & TagCalls,
  tag: string | number,
  options: WaitRepoOptions = {},
): Promise<Repo> {
  const { interval = 6000, patience = 7_200_000, signal } = options;
  const until = Date.now() + patience;
  const look = await createLook(koji, tag);
  for (let repo = await look(); ; repo = await look()) {
    if (repo !== null) return repo;
    if (Date.now() + interval > until) {
      throw new KojibridgeError("transient", `no new repo for ${tag} in ${Math.round(patience / 60_000)} min`, {
        code: "koji.repo_timeout",
      });
    }
    await delay(interval, undefined, { signal });
  }
}

type Look = () => Promise<Repo | null>;

async function createLook(koji: RepoCalls & TagCalls, tag: string | number): Promise<Look> {
  try {
    const first = await koji.requestRepo(tag, "last");
    return createRequestLook(koji, tag, first);
  } catch (error) {
    if (!isMissingMethod(error)) throw error;
    return createAgeLook(koji, tag);
  }
}

function createRequestLook(koji: RepoCalls, tag: string | number, first: RepoProgress): Look {
  let progress: RepoProgress | undefined = first;
  return async () => {
    const { repo, request } = progress ?? (await koji.checkRepoRequest(first.request?.id ?? 0));
    progress = undefined;
    if (repo !== null || request?.active === true) return repo;
    throw new KojibridgeError(
      "rejected",
      `the repo of ${tag} could not be made; see task ${request?.taskId ?? "newRepo"}`,
      {
        code: "koji.repo_failed",
        context: { tag, request: request?.id, task: request?.taskId },
      },
    );
  };
}

async function createAgeLook(koji: RepoCalls & TagCalls, tag: string | number): Promise<Look> {
  const event = (await koji.tagLastChangeEvent(tag)) ?? 0;
  return async () => {
    const repo = await koji.getRepo(tag);
    return repo !== null && repo.createEvent >= event ? repo : null;
  };
}
