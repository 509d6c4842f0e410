import { TASK_STATES } from "../../domain/koji.ts";
import type { Core } from "./core.ts";
import type { Repo, RepoRequest, Tag, Target, User } from "./rows.ts";
import { formatTime, toSeconds, toSecondsOrNil } from "./time.ts";
import type { Answer, AnswerStruct } from "./values.ts";

/** How the hub shows its rows: members in its order, so that an answer is the recorded one byte for byte. */
export function toUserInfo(user: User): AnswerStruct {
  return { id: user.id, name: user.name, status: user.blocked ? 1 : 0, usertype: 0, krb_principals: user.principals };
}

export function toTagColumns(tag: Tag): AnswerStruct {
  return {
    arches: tag.arches,
    id: tag.id,
    locked: tag.locked,
    maven_include_all: false,
    maven_support: false,
    name: tag.name,
    perm: null,
    perm_id: null,
  };
}

export function toTagInfo(tag: Tag): AnswerStruct {
  return { ...toTagColumns(tag), extra: Object.fromEntries(tag.extra) };
}

export function toTargetInfo(core: Core, target: Target): AnswerStruct {
  const name = (id: number) => core.db.tags.get(id)?.name ?? null;
  return {
    build_tag: target.buildTag,
    build_tag_name: name(target.buildTag),
    dest_tag: target.destTag,
    dest_tag_name: name(target.destTag),
    id: target.id,
    name: target.name,
  };
}

export function toRepoInfo(core: Core, repo: Repo): AnswerStruct {
  return {
    begin_event: repo.beginEvent,
    begin_ts: toSecondsOrNil(core.db.events.get(repo.beginEvent) ?? null),
    create_event: repo.createEvent,
    create_ts: toSecondsOrNil(core.db.events.get(repo.createEvent) ?? null),
    creation_time: formatTime(repo.created),
    creation_ts: toSeconds(repo.created),
    custom_opts: {},
    dist: false,
    end_event: null,
    end_ts: null,
    id: repo.id,
    opts: { src: false, maven: false, debuginfo: repo.debuginfo, separate_src: false },
    state: repo.state,
    state_time: formatTime(repo.created),
    state_ts: toSeconds(repo.created),
    tag_id: repo.tag,
    tag_name: core.db.tags.get(repo.tag)?.name ?? null,
    task_id: repo.task,
    task_state: taskStateOf(core, repo.task),
  };
}

export function toRepoRequestInfo(core: Core, request: RepoRequest): AnswerStruct {
  return {
    active: request.active,
    at_event: null,
    create_time: formatTime(request.created),
    create_ts: toSeconds(request.created),
    id: request.id,
    min_event: request.minEvent,
    opts: {},
    owner: request.owner,
    owner_name: core.db.users.get(request.owner)?.name ?? null,
    priority: request.priority,
    repo_id: request.repo,
    tag_id: request.tag,
    tag_name: core.db.tags.get(request.tag)?.name ?? null,
    task_id: request.task,
    task_state: taskStateOf(core, request.task),
    tries: request.task === null ? 0 : 1,
    update_time: formatTime(request.updated),
    update_ts: toSeconds(request.updated),
  };
}

function taskStateOf(core: Core, id: number | null): Answer {
  const task = id === null ? undefined : core.db.tasks.get(id);
  return task === undefined ? null : TASK_STATES.indexOf(task.state);
}
