import type { Core } from "./core.ts";
import { changed, nextId } from "./database.ts";
import { find } from "./find.ts";
import type { Repo, RepoRequest, Tag } from "./rows.ts";
import { buildConfigOf, lastChangeOf, newEvent } from "./tags.ts";
import { createTask } from "./tasks.ts";

/** koji.REPO_STATES. */
const INIT = 0;
const READY = 1;
const EXPIRED = 2;

/** The newest usable repo of a tag, at least as new as the event. */
export function findRepo(core: Core, tag: Tag, minEvent = 0): Repo | undefined {
  let newest: Repo | undefined;
  for (const repo of core.db.repos.values()) {
    if (repo.tag !== tag.id || repo.state !== READY || repo.createEvent < minEvent) continue;
    if (newest === undefined || repo.createEvent > newest.createEvent) newest = repo;
  }
  return newest;
}

export function isUsable(repo: Repo): boolean {
  return repo.state === READY || repo.state === EXPIRED;
}

/** The beginning of a regeneration: the tag's configuration is frozen as of now. */
export function initRepo(core: Core, tag: Tag, task: number | null): Repo {
  const { extra } = buildConfigOf(core, tag);
  const repo: Repo = {
    id: nextId(core.db, "repo", { label: tag.name }),
    tag: tag.id,
    state: INIT,
    beginEvent: lastChangeOf(core, tag),
    createEvent: newEvent(core),
    created: core.clock.now(),
    task,
    debuginfo: extra.get("with_debuginfo") === true,
    extra,
  };
  core.db.repos.set(repo.id, repo);
  return repo;
}

/** Its end: the tag's older repos expire, and who asked for one that is this new has it. */
export function finishRepo(core: Core, repo: Repo): void {
  for (const older of core.db.repos.values())
    if (older.tag === repo.tag && older.state === READY) older.state = EXPIRED;
  repo.state = READY;
  for (const request of core.db.repoRequests.values()) {
    if (request.tag !== repo.tag || !request.active || request.minEvent > repo.createEvent) continue;
    request.active = false;
    request.repo = repo.id;
    request.updated = core.clock.now();
  }
  changed(core.db);
}

/** Asks for a repo as new as the event; an active request that is good enough is joined. */
export function requestRepo(
  core: Core,
  tag: Tag,
  owner: number,
  minEvent: number,
): { request: RepoRequest; duplicate: boolean } {
  const active = find(
    core.db.repoRequests.values(),
    (one) => one.active && one.tag === tag.id && one.minEvent >= minEvent,
  );
  if (active !== undefined) return { request: active, duplicate: true };
  const now = core.clock.now();
  const request: RepoRequest = {
    id: nextId(core.db, "repoRequest", { label: tag.name }),
    tag: tag.id,
    owner,
    minEvent,
    created: now,
    updated: now,
    priority: 20,
    active: true,
    task: null,
    repo: null,
  };
  core.db.repoRequests.set(request.id, request);
  changed(core.db);
  core.repoRequested(request);
  return { request, duplicate: false };
}

/** kojira's part: turns a request into a newRepo task. */
export function startRegeneration(core: Core, request: RepoRequest, tag: Tag, owner: number): void {
  if (!request.active || request.task !== null) return;
  const task = createTask(core, {
    method: "newRepo",
    request: [
      { id: tag.id, name: tag.name },
      { opts: {}, __starstar: true },
    ],
    owner,
    channel: 2,
    priority: 15,
  });
  request.task = task.id;
  request.updated = core.clock.now();
}
