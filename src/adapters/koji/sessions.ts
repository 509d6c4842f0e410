import { KojibridgeError } from "../../domain/errors.ts";
import type { SessionId } from "../../domain/koji.ts";
import type { Exchange, Exchanger } from "./exchange.ts";
import { callNumbered, isAboutSession } from "./numbered-call.ts";
import { onSession, type Session } from "./session.ts";
import { encodeCall, type XmlRpcValue } from "./xmlrpc.ts";

export interface CallOptions {
  /** Only on this session; on any other the call is refused as not sent. */
  readonly on?: SessionId;
  /** False: a lost answer is `ambiguous` at once, and the call travels on a connection of its own. */
  readonly resend?: boolean;
}

export interface Sessions {
  /** The session that would carry the next call; logs in if there is none. */
  current(): Promise<Session>;
  /** One call at a time per session, numbered. Logs in once anew when the hub has forgotten the session. */
  call(request: Exchange, options?: CallOptions): Promise<XmlRpcValue>;
  /** Makes calls that wait for this session fail as not sent, and later ones use another. */
  drop(id: SessionId): void;
  /** Logs out; errors are of no interest any more. */
  close(): Promise<void>;
}

/** Where sessions come from. */
export interface SessionSource {
  open(): Promise<Session>;
  /** A new key for an expired session, which keeps its id (transcript `session-renew-login`); throws `reason` where there is none. */
  renew(expired: Session, reason: unknown): Promise<string>;
}

export interface SessionsOptions {
  readonly exchanger: Exchanger;
  readonly source: SessionSource;
  /** See NumberedCallDeps; default three times within 7 s. */
  readonly resendAfter?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { exchanger, source, signal } = options;
  const deps = { exchanger, renew: source.renew, resendAfter: options.resendAfter ?? [500, 1500, 5000] };
  let live: Session | undefined;
  let loggingIn: Promise<Session> | undefined;

  async function current(): Promise<Session> {
    if (live?.dropped === false) return live;
    loggingIn ??= source.open().finally(() => {
      loggingIn = undefined;
    });
    live = await loggingIn;
    return live;
  }

  async function callOnce(request: Exchange, { on, resend = true }: CallOptions): Promise<XmlRpcValue> {
    const session = await current();
    if (on !== undefined && session.id !== on) throw notSent(request.method, on);
    return enqueue(session, async () => {
      if (session.dropped) throw notSent(request.method, session.id);
      return callNumbered(deps, session, { signal, ...request, fresh: !resend }, resend);
    });
  }

  return {
    current,
    async call(request, call = {}) {
      try {
        return await callOnce(request, call);
      } catch (error) {
        if (!isAboutSession(error) && !isNotSent(error)) throw error;
        if (call.on !== undefined) throw isNotSent(error) ? error : notSent(request.method, call.on, error);
        return callOnce(request, call);
      }
    },
    drop(id) {
      if (live?.id === id) live.dropped = true;
    },
    async close() {
      if (live?.dropped !== false) return;
      live.dropped = true;
      const logout = { method: "logout", body: encodeCall("logout", []), patience: 5000 };
      await exchanger.exchange(onSession(logout, live)).catch(() => undefined);
    },
  };
}

function enqueue<T>(session: Session, job: () => Promise<T>): Promise<T> {
  const result = session.tail.then(job);
  session.tail = result.catch(() => undefined);
  return result;
}

function notSent(method: string, session: SessionId, cause?: unknown): KojibridgeError {
  return new KojibridgeError("conflict", `${method}: not executed, session ${session} is not the one in use any more`, {
    code: "koji.session",
    context: { method, session },
    cause,
  });
}

function isNotSent(error: unknown): boolean {
  return error instanceof KojibridgeError && error.code === "koji.session";
}
