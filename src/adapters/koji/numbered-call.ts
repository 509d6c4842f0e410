import { setTimeout as delay } from "node:timers/promises";
import { isKind, KojibridgeError } from "../../domain/errors.ts";
import type { Exchange, Exchanger } from "./exchange.ts";
import { isFault } from "./faults.ts";
import { isLost } from "./network-errors.ts";
import { onSession, type Session } from "./session.ts";
import type { XmlRpcValue } from "./xmlrpc.ts";

export interface NumberedCallDeps {
  readonly exchanger: Exchanger;
  /** See SessionSource. */
  readonly renew: (session: Session, reason: unknown) => Promise<string>;
  /** Milliseconds before each repetition of a call whose answer was lost; its length bounds them. */
  readonly resendAfter: readonly number[];
}

/**
 * One call under the session's next number. When its answer is lost, the same bytes are sent again under the same number: the hub then
 * executes it if the first one did not commit, and says 1009 if it did (koji-facts, section 4). Never faults and refusals.
 * @throws `ambiguous` it may have been executed
 * @throws `transient` it was certainly not executed
 * @throws any other kind as the hub said it
 */
export async function callNumbered(
  deps: NumberedCallDeps,
  session: Session,
  request: Exchange,
  resend: boolean,
): Promise<XmlRpcValue> {
  const numbered = session.callnum++;
  const waits = resend ? [...deps.resendAfter] : [];
  let lost: unknown;
  let renewed = false;
  for (;;) {
    try {
      return (await deps.exchanger.exchange(onSession(request, session, numbered))).value;
    } catch (error) {
      lost ??= isLost(error) ? error : undefined;
      if (isFault(error, 1007) && !renewed) {
        renewed = true;
        session.key = await deps.renew(session, error).catch((failure) => {
          // the hub does not know the session any more: as good as expired
          throw verdict(session, request.method, isFault(failure, 1002) ? error : failure, lost);
        });
        continue;
      }
      const wait = lost !== undefined && (isLost(error) || isKind(error, "transient")) ? waits.shift() : undefined;
      if (wait === undefined) throw verdict(session, request.method, error, lost);
      await delay(wait, undefined, { signal: request.signal }).catch(() => {
        throw lostCall(request.method, lost);
      });
    }
  }
}

/** What the failure of one attempt means for the call, given that an earlier attempt may have been lost. */
function verdict(session: Session, method: string, error: unknown, lost: unknown): unknown {
  if (isAboutSession(error)) session.dropped = true;
  return lost !== undefined && !isAnswer(error) ? lostCall(method, lost) : error;
}

/**
 * The hub does not know the session, or knows another count of its calls: this call was not executed, and none will be. Of a login the
 * same fault is about the password.
 */
export function isAboutSession(error: unknown): boolean {
  return isFault(error, 1002, 1007, 1008) && error.context.method !== "login" && error.context.method !== "sslLogin";
}

/** The hub speaks about the call itself, after it has looked at its number. */
function isAnswer(error: unknown): boolean {
  const code = error instanceof KojibridgeError ? error.code : undefined;
  return code?.startsWith("koji.fault.") === true && !isAboutSession(error) && !isFault(error, 1014);
}

function lostCall(method: string, cause: unknown): KojibridgeError {
  return new KojibridgeError("ambiguous", `${method}: the hub's answer was lost; it may have been executed`, {
    code: "koji.lost",
    context: { method },
    cause,
  });
}
