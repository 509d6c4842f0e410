import type { XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import type { Call, Core } from "../core.ts";
import { genericError, pythonError } from "../fault.ts";
import { find } from "../find.ts";
import { repr, str, truthy } from "../python.ts";
import { method } from "../registry.ts";
import type { Buildroot, Session, User } from "../rows.ts";
import { formatTimeOrNil, toSeconds, toSecondsOrNil } from "../time.ts";
import { type Answer, type AnswerStruct, float } from "../values.ts";
import { toUserInfo } from "../views.ts";

export const KOJI_VERSION = "1.35.3";

export const miscMethods = [
  method("getAPIVersion", "", () => 1),
  method("getKojiVersion", "", () => KOJI_VERSION),
  method("hello", "*args", () => "Hello World"),
  method("echo", "*args", (_call, ...args) => args),
  method("error", "", () => {
    throw genericError("test error");
  }),
  method("fault", "", () => {
    throw pythonError("Exception", "test exception");
  }),
  method("getLoggedInUser", "", ({ caller }) => toLoggedInUser(caller.user, caller.session)),
  method("getUser", "userInfo=None, strict=False, krb_princs=True", getUser),
  method("getUserPerms", "userID=None, with_groups=True, inheritance_data=False", getUserPerms),
  method(
    "listBuildroots",
    "hostID=None, tagID=None, state=None, rpmID=None, archiveID=None, taskID=None",
    listBuildroots,
  ),
  method("getHost", "hostInfo, strict=False, event=None", getHost),
];

function toLoggedInUser(user: User | null, session: Session | null): Answer {
  if (user === null || session === null) return null;
  const info = { ...toUserInfo(user), authtype: session.authType };
  return { ...info, krb_principal: user.principals[0] ?? null };
}

/** By name, id or principal; without one the caller's own. */
export function findUser(core: Core, key: XmlRpcValue): User | undefined {
  if (typeof key === "number") return core.db.users.get(key);
  if (typeof key !== "string") return undefined;
  return find(core.db.users.values(), (user) => user.name === key || user.principals.includes(key));
}

function getUser({ core, caller }: Call, key: XmlRpcValue, strict: XmlRpcValue): Answer {
  const user = key === null ? (caller.user ?? undefined) : findUser(core, key);
  if (user === undefined && truthy(strict)) throw genericError(`No such user: ${repr(key)}`);
  return user === undefined ? null : toUserInfo(user);
}

function getUserPerms({ core, caller }: Call, key: XmlRpcValue): Answer {
  const user = key === null ? caller.user : findUser(core, key);
  if (user === undefined || user === null) throw genericError(`No such user: ${repr(key)}`);
  return [...user.permissions];
}

function getHost({ core }: Call, key: XmlRpcValue, strict: XmlRpcValue): Answer {
  const host = find(core.db.hosts.values(), (one) => one.id === key || one.name === key);
  if (host === undefined && truthy(strict)) throw genericError(`No such host: ${str(key)}`);
  if (host === undefined) return null;
  const load = [...core.db.tasks.values()].filter((task) => task.host === host.id && task.state === "OPEN").length;
  const info: AnswerStruct = {
    arches: host.arches,
    capacity: float(100_000),
    comment: null,
    description: null,
    enabled: true,
    id: host.id,
    name: host.name,
    ready: true,
    task_load: float(load),
    update_ts: toSeconds(core.clock.now()),
    user_id: host.user,
  };
  return info;
}

/** koji.BR_STATES: BUILDING 2, EXPIRED 3. */
function listBuildroots({ core }: Call, ...args: XmlRpcValue[]): Answer {
  const task = args[5] ?? null;
  return [...core.db.buildroots.values()]
    .filter((root) => task === null || root.task === task)
    .map((root) => toBuildroot(core, root));
}

function toBuildroot(core: Core, root: Buildroot): AnswerStruct {
  const task = core.db.tasks.get(root.task);
  const repo = core.db.repos.get(root.repo);
  const host = core.db.hosts.get(task?.host ?? 0);
  const retired = task?.completed ?? null;
  const event = (ms: number | null) => [formatTimeOrNil(ms), toSecondsOrNil(ms)] as const;
  const [createTime, createTs] = event(root.created);
  const [repoTime] = event(core.db.events.get(repo?.createEvent ?? 0) ?? null);
  const [retireTime, retireTs] = event(retired);
  return {
    arch: root.arch,
    br_type: 0,
    cg_id: null,
    cg_name: null,
    cg_version: null,
    container_arch: root.arch,
    container_type: "chroot",
    create_event_id: root.id,
    create_event_time: createTime,
    create_ts: createTs,
    extra: null,
    host_arch: null,
    host_id: host?.id ?? null,
    host_name: host?.name ?? null,
    host_os: null,
    id: root.id,
    repo_create_event_id: repo?.createEvent ?? null,
    repo_create_event_time: repoTime,
    repo_id: root.repo,
    repo_state: repo?.state ?? null,
    retire_event_id: retired === null ? null : root.id,
    retire_event_time: retireTime,
    retire_ts: retireTs,
    state: retired === null ? 2 : 3,
    tag_id: root.tag,
    tag_name: core.db.tags.get(root.tag)?.name ?? null,
    task_id: root.task,
  };
}
