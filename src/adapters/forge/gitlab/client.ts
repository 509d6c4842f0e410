import { Commits, MergeRequestNotes, Users } from "@gitbeaker/rest";
import { isKind } from "../../../domain/errors.ts";
import type { CommitStatus } from "../../../domain/report.ts";
import type { Forge, StatusPlace, WriteOutcome } from "../../../ports/forge.ts";
import { writeComment } from "../comment.ts";
import { orForbidden } from "../forbidden.ts";
import type { Observe } from "../meter.ts";
import { type Reader, readObject } from "../reader.ts";
import { rememberLogin } from "../whoami.ts";
import { commentsOf } from "./comments.ts";
import { createGitLabConversation } from "./conversation.ts";
import { createGitLabFacts } from "./facts.ts";
import { type ApiOptions, checkPath, createRequester } from "./requester.ts";
import { type GitLabStatus, isRefused, isSame, toGitLabStatus } from "./status.ts";

export interface GitLabClientOptions {
  /** The forge's name in our configuration. */
  readonly forge: string;
  /** The instance, `https://gitlab.example.org`; a relative root is kept. */
  readonly url: string;
  /** A personal, project or group access token with the `api` scope; read for every request. */
  readonly token: () => string;
  readonly userAgent: string;
  readonly timeoutMs: number;
  /** The time in epoch milliseconds. */
  readonly now?: () => number;
  readonly meter?: Observe | undefined;
}

/** Some projects have hundreds of jobs on a commit. */
const NEWEST_FIRST = { orderBy: "id", sort: "desc", perPage: 100, maxPages: 3 };

/** How many commits of forks are kept in mind; older ones are looked up again. */
const MAX_KNOWN = 10_000;

interface Api {
  /** Which project takes the statuses of a fork's commit. */
  readonly known: Map<string, string>;
  readonly commits: Commits;
  readonly notes: MergeRequestNotes;
  whoami(): Promise<string>;
}

/** All there is to say to GitLab, and to ask it. */
export function createGitLabClient(given: GitLabClientOptions): Forge {
  const { forge, url, token, userAgent, timeoutMs, now = Date.now, meter } = given;
  const options: ApiOptions = {
    host: url.replace(/\/+$/, ""),
    requesterFn: createRequester({ token, userAgent, timeoutMs, now, meter }),
    queryTimeout: null,
  };
  const users = new Users(options);
  const whoami = rememberLogin(token, async () => readObject(await users.showCurrentUser()).text("username"));
  const api: Api = { known: new Map(), commits: new Commits(options), notes: new MergeRequestNotes(options), whoami };
  return {
    whoami,
    setStatus: (place, status) => setStatus(api, place, status),
    setComment: async (place, marker, body, known) =>
      orForbidden(writeComment(commentsOf(api.notes, place, whoami), marker, body, known)),
    ...createGitLabFacts(options, forge),
    ...createGitLabConversation(options, whoami),
  };
}

/**
 * A merge request shows the pipelines of its source project, so the fork comes first; few tokens may write there. Where the
 * first status of a commit went all others go, or that one would stay for ever.
 */
async function setStatus(api: Api, { repo, fork, sha, ref }: StatusPlace, status: CommitStatus): Promise<WriteOutcome> {
  const at = (project: string) => ({ project: checkPath(project), sha, ref });
  if (fork === null) return orForbidden(writeStatus(api, at(repo), status));
  const key = `${fork} ${repo} ${sha}`;
  const begun = api.known.get(key) ?? ((await hasOurs(api, at(repo), status.context)) ? repo : fork);
  for (const project of new Set([begun, fork, repo])) {
    const outcome = await orForbidden(writeStatus(api, at(project), status));
    if (outcome === "forbidden") continue;
    remember(api.known, key, project);
    return outcome;
  }
  return "forbidden";
}

function remember(known: Map<string, string>, key: string, project: string): void {
  known.delete(key);
  known.set(key, project);
  for (const [oldest] of known) if (known.size > MAX_KNOWN) known.delete(oldest);
}

/** Asked once after a restart. */
async function hasOurs(api: Api, place: Place, name: string): Promise<boolean> {
  const found = await orForbidden(findStatus(api, place, name));
  return found !== "forbidden" && found.hasOurs;
}

interface Place {
  readonly project: string;
  readonly sha: string;
  readonly ref: string | null;
}

/**
 * Somebody else may write between our reading and our writing: then it is read once more. What they wrote may also hide ours,
 * which is not over and so takes no word but its end: it is ended unseen, and begun anew on top.
 */
async function writeStatus(api: Api, place: Place, status: CommitStatus): Promise<WriteOutcome> {
  const written = await orRefused(compareAndWrite(api, place, status));
  if (written !== null) return written;
  const again = await orRefused(compareAndWrite(api, place, status));
  if (again !== null) return again;
  await compareAndWrite(api, place, { ...status, state: "canceled" });
  return compareAndWrite(api, place, status);
}

async function orRefused(write: Promise<WriteOutcome>): Promise<WriteOutcome | null> {
  return write.catch((error: unknown) => {
    if (isKind(error, "rejected") && error.message.includes("Cannot transition status")) return null;
    throw error;
  });
}

async function compareAndWrite(api: Api, place: Place, status: CommitStatus): Promise<WriteOutcome> {
  const wanted = toGitLabStatus(status);
  const { current, pipeline } = await findStatus(api, place, status.context);
  const isDone = current !== null && (isSame(current, wanted) || (current.isOurs && isRefused(current, wanted)));
  if (isDone) return "unchanged";
  const write = (pipelineId: number | null) =>
    api.commits.editStatus(place.project, place.sha, wanted.state, {
      name: status.context,
      description: wanted.description,
      ...(wanted.targetUrl === null ? {} : { targetUrl: wanted.targetUrl }),
      ...(place.ref === null ? {} : { ref: place.ref }),
      ...(pipelineId === null ? {} : { pipelineId }),
    });
  await write(pipeline).catch((error: unknown) => {
    // Deleted or archived meanwhile: "404 Pipeline for pipeline_id, sha and ref Not Found".
    if (pipeline !== null && isKind(error, "rejected") && error.message.includes("pipeline_id")) return write(null);
    throw error;
  });
  return "set";
}

interface Found {
  readonly current: (GitLabStatus & { readonly isOurs: boolean }) | null;
  /** One of that name, however old. */
  readonly hasOurs: boolean;
  /** The pipeline our statuses of this commit are in. */
  readonly pipeline: number | null;
}

/**
 * GitLab files a status under the newest pipeline of the commit unless it is told which. When the project's own CI starts
 * between two of our statuses the second would land there, and leave the first pending for ever in its external pipeline
 * (https://github.com/runatlantis/atlantis/issues/6871). So all of them go where our first one went.
 */
async function findStatus(api: Api, { project, sha, ref }: Place, name: string): Promise<Found> {
  const login = await api.whoami();
  const list = async (filter: { name?: string }) => {
    // gitbeaker sends the paging along, but its type for this call does not know it.
    const query = { ...filter, ...(ref === null ? {} : { ref }), ...NEWEST_FIRST };
    const found: readonly unknown[] = await api.commits.allStatuses(project, sha, query);
    return readObject({ statuses: found }).list("statuses").sort(newestFirst);
  };
  const isOurs = (status: Reader) => status.maybe("author")?.text("username") === login;
  const named = await list({ name });
  const [newest] = named;
  const ours = named.find(isOurs) ?? (await list({})).find(isOurs);
  return {
    hasOurs: named.some(isOurs),
    current: newest === undefined ? null : { ...toStatus(newest), isOurs: isOurs(newest) },
    // GitLab tells it since 16.3.
    pipeline: ours?.idOrNull("pipeline_id") ?? null,
  };
}

/** Ordered by GitLab since 17.8; before that the order it gives is its own. */
function newestFirst(a: Reader, b: Reader): number {
  return b.id("id") - a.id("id");
}

function toStatus(status: Reader): GitLabStatus {
  return {
    state: status.text("status"),
    description: status.textOr("description", ""),
    targetUrl: status.textOr("target_url", "") || null,
  };
}
