import type { Caller, Core, Environ } from "./core.ts";
import { changed, nextId } from "./database.ts";
import {
  authError,
  authExpired,
  authLockError,
  genericError,
  pythonError,
  retryError,
  sequenceError,
} from "./fault.ts";
import { find } from "./find.ts";
import type { Session, User } from "./rows.ts";

/** What a request says about its session, before anything was looked up. */
export interface SessionClaim {
  readonly id: number;
  readonly key: string;
  readonly callNumber: number | null;
}

/**
 * Header sessions, or the older ones in the query string (koji-facts, section 3). Null: anonymous.
 * Malformed values are Python's own errors, fault 1 (transcripts `session-id-not-a-number`, `session-id-without-key`).
 */
export function readClaim(environ: Environ, disableUrlSessions: boolean): SessionClaim | null {
  const id = header(environ, "koji-session-id");
  if (id !== undefined) {
    const parsed = pythonInt(id);
    const key = header(environ, "koji-session-key");
    if (key === undefined) throw pythonError("KeyError", "'HTTP_KOJI_SESSION_KEY'");
    const number = header(environ, "koji-session-callnum") ?? header(environ, "koji-callnum");
    return { id: parsed, key, callNumber: number === undefined ? null : pythonInt(number) };
  }
  return disableUrlSessions || environ.query === "" ? null : readUrlClaim(environ.query);
}

function readUrlClaim(query: string): SessionClaim {
  const bare = query.split("&").find((field) => !field.includes("="));
  if (bare !== undefined) throw pythonError("ValueError", `bad query field: '${bare}'`);
  const values = new URLSearchParams(query);
  const [id, key, number] = [values.get("session-id"), values.get("session-key"), values.get("callnum")];
  if (id === null) throw authError("'session-id' not specified in session args");
  if (key === null) throw authError("'session-key' not specified in session args");
  return { id: pythonInt(id), key, callNumber: number === null ? null : pythonInt(number) };
}

function header(environ: Environ, name: string): string | undefined {
  const value = environ.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function pythonInt(text: string): number {
  if (/^\s*[+-]?\d+\s*$/.test(text)) return Number(text);
  throw pythonError("ValueError", `invalid literal for int() with base 10: '${text}'`);
}

/** The checks of `auth.Session`, in its order. The caller already holds the session's row lock. */
export function checkSession(core: Core, environ: Environ, claim: SessionClaim | null, method: string): Caller {
  const anonymous = {
    environ,
    session: null,
    user: null,
    expired: null,
    exclusive: false,
    lockError: false,
    loggedIn: false,
  };
  if (claim === null) return anonymous;
  const session = core.db.sessions.get(claim.id);
  if (session === undefined || session.key !== claim.key || session.closed || session.address !== environ.address)
    throw authError("Invalid session or bad credentials");
  expire(core, session);
  if (session.expired && method !== "login" && method !== "sslLogin")
    throw authExpired(`session "${session.id}" has expired`);
  checkCallNumber(session, claim.callNumber, method);
  if (session.expired) return { ...anonymous, expired: session };
  const user = userOf(core, session);
  if (user.blocked) throw authError(`logins by ${user.name} are not allowed`);
  const holder = exclusiveHolder(core, user.id);
  const exclusive = holder !== undefined && (holder.id === session.id || holder.id === session.master);
  session.updateTime = core.clock.now();
  return { ...anonymous, session, user, exclusive, lockError: holder !== undefined && !exclusive, loggedIn: true };
}

function expire(core: Core, session: Session): void {
  const { sessionLifetime } = core.settings;
  if (session.expired || sessionLifetime === 0) return;
  if (core.clock.now() <= (session.renewTime ?? session.startTime) + sessionLifetime) return;
  for (const other of core.db.sessions.values())
    if (other.id === session.id || other.master === session.id) other.expired = true;
}

/** Numbers must rise, gaps are fine; one that was committed must not come again (koji-facts, section 4). */
function checkCallNumber(session: Session, number: number | null, method: string): void {
  const last = session.callNumber;
  if (number === null || last === null) return;
  if (last > number) throw sequenceError(`${last} > ${number} (session ${session.id})`);
  if (last === number) throw retryError(`unable to retry call ${number} (method ${method}) for session ${session.id}`);
}

function userOf(core: Core, session: Session): User {
  const user = core.db.users.get(session.user);
  if (user === undefined) throw genericError(`session ${session.id} has no user`);
  return user;
}

function exclusiveHolder(core: Core, user: number): Session | undefined {
  return find(core.db.sessions.values(), (session) => session.user === user && session.exclusive && !session.closed);
}

export function createSession(core: Core, caller: Caller, user: User, authType: 0 | 2 | 3, renew: boolean): Session {
  const key = sessionKey(user);
  if (renew && caller.expired !== null) {
    const session = caller.expired;
    session.key = key;
    session.expired = false;
    session.renewTime = core.clock.now();
    changed(core.db);
    return session;
  }
  return addSession(core, user, key, authType, caller.environ.address, null);
}

/** Koji makes siblings of a subsession's subsessions: the master is always the top one. */
export function createSubsession(core: Core, session: Session): Session {
  const user = userOf(core, session);
  return addSession(core, user, sessionKey(user), session.authType, session.address, session.master ?? session.id);
}

function addSession(
  core: Core,
  user: User,
  key: string,
  authType: 0 | 2 | 3,
  address: string,
  master: number | null,
): Session {
  const now = core.clock.now();
  const session: Session = {
    id: nextId(core.db, "session"),
    key,
    user: user.id,
    authType,
    address,
    master,
    startTime: now,
    updateTime: now,
    renewTime: null,
    callNumber: null,
    exclusive: false,
    expired: false,
    closed: false,
  };
  core.db.sessions.set(session.id, session);
  changed(core.db);
  return session;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function sessionKey(user: User): string {
  const random = crypto.getRandomValues(new Uint8Array(19));
  return `${user.id}-${Array.from(random, (byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;
}

/**
 * Closes a session and its subsessions. Waits for calls in flight on them, as the hub's UPDATE waits for their row locks;
 * `own` is the session whose lock the caller holds already.
 */
export async function closeSession(core: Core, id: number, own: number | null): Promise<void> {
  const family = [...core.db.sessions.values()].filter((session) => session.id === id || session.master === id);
  for (const session of family) {
    const release = session.id === own ? undefined : await core.locks.acquire(session.id);
    session.closed = true;
    session.expired = true;
    session.exclusive = false;
    release?.();
  }
  changed(core.db);
}

/** @throws AuthLockError 1006 when another session has it and `force` is not given */
export async function makeExclusive(core: Core, session: Session, force: boolean): Promise<void> {
  if (session.master !== null) throw genericError("subsessions cannot become exclusive");
  if (session.exclusive) throw genericError("session is already exclusive");
  const holder = exclusiveHolder(core, session.user);
  if (holder !== undefined && !force) throw authLockError("Cannot get exclusive session");
  if (holder !== undefined) await closeSession(core, holder.id, session.id);
  session.exclusive = true;
  changed(core.db);
}
