import type { SessionId } from "../../domain/koji.ts";
import type { Exchange } from "./exchange.ts";
import { toInt, toStruct, toText } from "./shape.ts";
import type { XmlRpcValue } from "./xmlrpc.ts";

/** A session of ours on the hub. */
export interface Session {
  readonly id: SessionId;
  key: string;
  /** Older hubs (no `header-auth` in the login answer) take the session in the URL. */
  readonly inUrl: boolean;
  callnum: number;
  /** True once it must not be used any more: fenced, or refused by the hub. */
  dropped: boolean;
  /** The call before the next one: calls of a session go one after the other. */
  tail: Promise<unknown>;
}

/**
 * The answer of a login.
 * @throws KojibridgeError `invalid` when it is none
 */
export function toSession(value: XmlRpcValue, method: string): Session {
  const from = toStruct(value, method);
  return {
    id: toInt(from, "session-id"),
    key: toText(from, "session-key"),
    inUrl: from.struct["header-auth"] !== true,
    callnum: 0,
    dropped: false,
    tail: Promise.resolve(),
  };
}

/** Adds the session to a request. Without a call number the hub neither counts nor locks. */
export function onSession(request: Exchange, session: Session, callnum?: number): Exchange {
  return session.inUrl ? inUrl(request, session, callnum) : inHeaders(request, session, callnum);
}

/**
 * Hubs 1.31 to 1.34 looked for the number in `Koji-Callnum` and, not finding it, neither counted calls nor held the lock that fencing
 * waits for (kojihub/auth.py of 1.35, comment at HTTP_KOJI_CALLNUM): it is sent under both names.
 */
function inHeaders(request: Exchange, session: Session, callnum: number | undefined): Exchange {
  const number = String(callnum);
  const headers = { "Koji-Session-Id": String(session.id), "Koji-Session-Key": session.key };
  const counted = callnum === undefined ? {} : { "Koji-Session-Callnum": number, "Koji-Callnum": number };
  return { ...request, headers: { ...request.headers, ...headers, ...counted } };
}

function inUrl(request: Exchange, session: Session, callnum: number | undefined): Exchange {
  const query = new URLSearchParams({ "session-id": String(session.id), "session-key": session.key });
  if (callnum !== undefined) query.set("callnum", String(callnum));
  return { ...request, query: request.query === undefined ? `${query}` : `${query}&${request.query}` };
}
