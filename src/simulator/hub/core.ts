import type { Clock } from "./clock.ts";
import type { Database } from "./database.ts";
import { actionNotAllowed } from "./fault.ts";
import type { Locks } from "./locks.ts";
import type { RepoRequest, Session, TaskRow, User } from "./rows.ts";
import type { Settings } from "./settings.ts";

/** What every part of the hub works on. */
export interface Core {
  readonly db: Database;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly locks: Locks;
  /** Told of every new task and of every task's end; the scheduler sets them. */
  taskCreated: (task: TaskRow) => void;
  taskEnded: (task: TaskRow) => void;
  /** Told of every new repo request. */
  repoRequested: (request: RepoRequest) => void;
}

/** Where a request came from, as the hub's WSGI environment tells it. */
export interface Environ {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query: string;
  readonly address: string;
  /** Who the web server in front says the client is; only at `/ssllogin`, and only if the world trusts it. */
  readonly identity: Identity;
}

export interface Identity {
  /** mod_ssl's SSL_CLIENT_VERIFY; undefined without TLS. */
  readonly verify: string | undefined;
  readonly distinguishedName: string | undefined;
  readonly commonName: string | undefined;
  /** REMOTE_USER: the Kerberos principal. */
  readonly principal: string | undefined;
}

/** The session a request carries, checked. */
export interface Caller {
  readonly environ: Environ;
  readonly session: Session | null;
  readonly user: User | null;
  /** An expired session may still be renewed by `login`. */
  readonly expired: Session | null;
  /** This session, or its master, holds the user's exclusive lock. */
  readonly exclusive: boolean;
  readonly lockError: boolean;
  loggedIn: boolean;
}

/** One method call. */
export interface Call {
  readonly core: Core;
  readonly caller: Caller;
  /** It changed something: its call number is kept. */
  wrote: boolean;
}

export function hasPermission(caller: Caller, name: string): boolean {
  return caller.loggedIn && caller.user?.permissions.has(name) === true;
}

export function assertLogin(caller: Caller): User {
  if (!caller.loggedIn || caller.user === null) throw actionNotAllowed("you must be logged in for this operation");
  return caller.user;
}

export function assertPermission(caller: Caller, name: string): User {
  if (caller.loggedIn && caller.user && (hasPermission(caller, name) || hasPermission(caller, "admin")))
    return caller.user;
  const who = caller.loggedIn ? `logged in as ${caller.user?.name}` : "user not logged in";
  throw actionNotAllowed(`${name} permission required (${who})`);
}
