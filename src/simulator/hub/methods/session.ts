import type { XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { type Call, type Caller, hasPermission } from "../core.ts";
import { changed, nextId } from "../database.ts";
import { actionNotAllowed, authError } from "../fault.ts";
import { find } from "../find.ts";
import { repr, truthy } from "../python.ts";
import { method } from "../registry.ts";
import type { Session, User } from "../rows.ts";
import { closeSession, createSession, createSubsession, makeExclusive } from "../sessions.ts";
import { formatTime, formatTimeOrNil, toSeconds, toSecondsOrNil } from "../time.ts";
import type { Answer } from "../values.ts";

export const sessionMethods = [
  method("login", "user, password, opts=None, renew=False, exclusive=False", login),
  method("sslLogin", "proxyuser=None, proxyauthtype=None, renew=False, exclusive=None", sslLogin),
  method("logout", "session_id=None", logout),
  method("logoutChild", "session_id", logoutChild),
  method("subsession", "", ({ core, caller }) => toSessionInfo(createSubsession(core, loggedIn(caller)))),
  method("exclusiveSession", "force=False", exclusiveSession),
  method("sharedSession", "", sharedSession),
  method("getSessionInfo", "details=False, user_id=None", getSessionInfo),
  method("showSession", "", ({ caller }) => showSession(caller)),
];

async function login(
  call: Call,
  name: XmlRpcValue,
  password: XmlRpcValue,
  _opts: XmlRpcValue,
  renew: XmlRpcValue,
  exclusive: XmlRpcValue,
): Promise<Answer> {
  const { core, caller } = call;
  if (typeof password !== "string" || password === "") throw authError("invalid username or password");
  if (caller.loggedIn) throw authError("Already logged in");
  const user = find(core.db.users.values(), (one) => one.name === name);
  if (user === undefined || user.password !== password) throw authError("invalid username or password");
  return enter(call, user, 0, renew, exclusive);
}

async function enter(
  { core, caller }: Call,
  user: User,
  authType: 0 | 2 | 3,
  renew: XmlRpcValue,
  exclusive: XmlRpcValue,
): Promise<Answer> {
  if (user.blocked) throw authError(`logins by ${user.name} are not allowed`);
  const session = createSession(core, caller, user, authType, truthy(renew));
  if (truthy(exclusive)) await makeExclusive(core, session, false);
  return toSessionInfo(session);
}

function toSessionInfo(session: Session): Answer {
  return { "session-id": session.id, "session-key": session.key, "header-auth": true };
}

/** Certificate or Kerberos, as the web server in front verified it (koji-facts, section 3). */
async function sslLogin(
  call: Call,
  proxyUser: XmlRpcValue,
  _authType: XmlRpcValue,
  renew: XmlRpcValue,
  exclusive: XmlRpcValue,
): Promise<Answer> {
  const { core, caller } = call;
  if (caller.loggedIn) throw authError("Already logged in");
  const { principal, distinguishedName } = caller.environ.identity;
  const who = principal ?? certificateName(caller);
  const authType = principal === undefined ? 2 : 3;
  let name = who;
  if (truthy(proxyUser)) {
    const subject = principal ?? distinguishedName ?? who;
    if (!core.settings.proxies.includes(subject)) throw authError(`${subject} is not authorized to login other users`);
    name = String(proxyUser);
  }
  return enter(call, findOrCreate(call, name), authType, renew, exclusive);
}

function certificateName({ environ }: Caller): string {
  const { verify, commonName } = environ.identity;
  if (verify !== "SUCCESS") throw authError(`could not verify client: ${verify ?? "None"}`);
  if (commonName === undefined) throw authError("unable to get user information (CN) from client certificate");
  return commonName;
}

function findOrCreate({ core }: Call, name: string): User {
  const found = find(core.db.users.values(), (user) => user.name === name || user.principals.includes(name));
  if (found !== undefined) return found;
  if (!core.settings.loginCreatesUser) throw authError(`Unknown user: ${name}`);
  const [local = name] = name.split("@");
  const user: User = {
    id: nextId(core.db, "user"),
    name: local,
    password: null,
    blocked: false,
    principals: name.includes("@") ? [name] : [],
    permissions: new Set(),
  };
  core.db.users.set(user.id, user);
  return user;
}

function loggedIn(caller: Caller): Session {
  if (!caller.loggedIn || caller.session === null) throw authError("Not logged in");
  return caller.session;
}

/** Closing another session waits for its call in flight: the fence of koji-facts, section 16. */
async function logout(call: Call, id: XmlRpcValue): Promise<Answer> {
  const { core, caller } = call;
  const own = loggedIn(caller);
  call.wrote = true;
  if (!truthy(id)) {
    await closeSession(core, own.id, own.id);
    caller.loggedIn = false;
    return null;
  }
  const other = core.db.sessions.get(Number(id));
  if (!hasPermission(caller, "admin") && other?.user !== own.user)
    throw actionNotAllowed("only admins or owner may logout other session");
  await closeSession(core, Number(id), own.id);
  return null;
}

async function logoutChild(call: Call, id: XmlRpcValue): Promise<Answer> {
  const own = loggedIn(call.caller);
  const child = call.core.db.sessions.get(Number(id));
  call.wrote = true;
  if (child?.master === own.id) await closeSession(call.core, child.id, own.id);
  return null;
}

/** Anonymous callers get nil, not a fault (transcript `exclusiveSession-anonymous`). */
async function exclusiveSession(call: Call, force: XmlRpcValue): Promise<Answer> {
  const { core, caller } = call;
  call.wrote = true;
  if (caller.session !== null) await makeExclusive(core, caller.session, truthy(force));
  return null;
}

function sharedSession({ core, caller }: Call): Answer {
  if (caller.session === null) return null;
  caller.session.exclusive = false;
  changed(core.db);
  return null;
}

function getSessionInfo({ caller }: Call, details: XmlRpcValue): Answer {
  const { session } = caller;
  if (session === null) return null;
  const info = {
    authtype: session.authType,
    callnum: session.callNumber,
    exclusive: session.exclusive || null,
    expired: session.expired,
    master: session.master,
    renew_time: formatTimeOrNil(session.renewTime),
    renew_ts: toSecondsOrNil(session.renewTime),
    start_time: formatTime(session.startTime),
    start_ts: toSeconds(session.startTime),
    update_time: formatTime(session.updateTime),
    update_ts: toSeconds(session.updateTime),
    user_id: session.user,
  };
  return truthy(details) ? { ...info, hostip: session.address, id: session.id } : info;
}

/** Python's view of its own session object; clients only print it. */
function showSession({ session, user }: Caller): string {
  if (session === null) return "session: not logged in (no session header or session args)";
  const known = { logged_in: true, id: session.id, master: session.master, key: session.key, user_id: session.user };
  return `session ${session.id}: ${repr({ ...known, authtype: session.authType, hostip: session.address, user_data: { name: user?.name ?? null, status: 0, usertype: 0 } })}`;
}
