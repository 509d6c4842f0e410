import { setTimeout as delay } from "node:timers/promises";
import { isKind, KojibridgeError } from "../../domain/errors.ts";
import type { SessionId } from "../../domain/koji.ts";
import type { Exchanger } from "./exchange.ts";
import { isFault } from "./faults.ts";
import { isAboutSession } from "./numbered-call.ts";
import { onSession } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import { encodeCall, named } from "./xmlrpc.ts";

export interface FenceOptions {
  readonly exchanger: Exchanger;
  readonly sessions: Sessions;
  /** Milliseconds a fence may take altogether: as long as a hub's outage. Default 6 hours. */
  readonly patience?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Closes a session and returns when none of its calls can be in flight any more. */
export type Fence = (session: SessionId) => Promise<void>;

const SIX_HOURS = 6 * 3600 * 1000;
const LONGEST_WAIT = 30_000;

export function createFence(options: FenceOptions): Fence {
  const closed = new Set<SessionId>();
  const running = new Map<SessionId, Promise<void>>();

  async function close(id: SessionId): Promise<void> {
    options.sessions.drop(id);
    const until = Date.now() + (options.patience ?? SIX_HOURS);
    await logoutUntilDone(options, id, until);
    await logoutUntilDone(options, id, until);
    closed.add(id);
  }

  return async (id) => {
    if (closed.has(id)) return;
    const fence = running.get(id) ?? close(id).finally(() => running.delete(id));
    running.set(id, fence);
    return fence;
  };
}

/**
 * A numbered call of `id` holds the row lock of its session, for which this logout waits (koji-facts, section 16). It lets go of it for
 * a moment, between looking its session up and storing its number (kojihub/auth.py, `Session.__init__`: "deliberately after the
 * commit"), and a logout waiting just then overtakes it; the caller's second logout waits for that call.
 */
async function logoutUntilDone(options: FenceOptions, id: SessionId, until: number): Promise<void> {
  for (let wait = 500; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      return await logout(options, id, until);
    } catch (error) {
      if (!isKind(error, "transient", "throttled") || Date.now() + wait > until) throw error;
      await delay(wait, undefined, { signal: options.signal }).catch(() => {
        throw error;
      });
    }
  }
}

/** Without a number, so that it neither waits for other calls of our own session nor makes them wait. */
async function logout(options: FenceOptions, id: SessionId, until: number): Promise<void> {
  const session = await options.sessions.current();
  const body = encodeCall("logout", [named({ session_id: id })]);
  const request = {
    method: "logout",
    body,
    fresh: true,
    patience: Math.max(until - Date.now(), 1000),
    signal: options.signal,
  };
  try {
    await options.exchanger.exchange(onSession(request, session));
  } catch (error) {
    if (isGone(error)) return;
    if (!isAboutSession(error)) throw error;
    session.dropped = true;
    throw new KojibridgeError("transient", "logout: our own session is gone", { code: "koji.session", cause: error });
  }
}

/** The hub removes the rows of sessions long closed (koji-sweep-db); kojihub/auth.py, `logout` then finds none. */
function isGone(error: unknown): boolean {
  return isFault(error, 1000) && error.context.text === "query returned no rows";
}
