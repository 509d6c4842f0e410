import { KojibridgeError } from "../../domain/errors.ts";
import type { Authenticator } from "./auth/authenticator.ts";
import type { Exchange, Exchanger } from "./exchange.ts";
import { onSession, type Session, toSession } from "./session.ts";
import type { SessionSource, Sessions } from "./sessions.ts";
import { encodeCall } from "./xmlrpc.ts";

/** Sessions by logging in; without an authenticator there are none. */
export function createLogins(
  exchanger: Exchanger,
  authenticator: Authenticator | undefined,
  signal: AbortSignal,
): SessionSource {
  async function login(expired?: Session): Promise<Session> {
    if (authenticator === undefined) throw readOnly();
    const { method, params, request, verify } = await authenticator(expired !== undefined);
    const plain: Exchange = { ...request, method, body: encodeCall(method, params), signal };
    const answer = await exchanger.exchange(expired === undefined ? plain : onSession(plain, expired));
    await verify?.(answer.authenticate);
    return toSession(answer.value, method);
  }
  return {
    open: () => login(),
    renew: async (expired) => (await login(expired)).key,
  };
}

/**
 * Subsessions of another session: a second line of calls for the same user. They end with it, and when they expire a new one is asked for.
 */
export function createSubsessions(master: Sessions): SessionSource {
  return {
    async open() {
      return toSession(await master.call({ method: "subsession", body: encodeCall("subsession", []) }), "subsession");
    },
    async renew(_expired, reason) {
      throw reason;
    },
  };
}

function readOnly(): KojibridgeError {
  return new KojibridgeError(
    "auth",
    "this hub has `auth: none`, so it can only be read; give it credentials to build",
    {
      code: "koji.anonymous",
    },
  );
}
