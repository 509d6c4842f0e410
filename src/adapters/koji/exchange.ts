import type { Buffer } from "node:buffer";
import { KojibridgeError, kindOf } from "../../domain/errors.ts";
import { type BreakerOptions, createBreaker } from "./breaker.ts";
import { toError } from "./faults.ts";
import { createHubClock, type HubClock } from "./hub-clock.ts";
import type { PostRequest, PostResponse, Transport } from "./transport.ts";
import { encodeCall, readResponse, type XmlRpcValue } from "./xmlrpc.ts";

/** What goes to the hub: an encoded call, or the bytes of an upload. */
export interface Exchange extends PostRequest {
  /** For messages only. */
  readonly method: string;
}

interface Answer {
  readonly value: XmlRpcValue;
  /** As the hub sent it, `Negotiate …` for instance. */
  readonly authenticate: string | undefined;
}

/** Everything between a method call and the socket: breaker, HTTP status, XML, fault. */
export interface Exchanger {
  /** @throws KojibridgeError of every kind; `context.sent` says that the answer was lost */
  exchange(request: Exchange): Promise<Answer>;
  readonly clock: HubClock;
  /** See Breaker.openUntil. */
  downUntil(): number | null;
}

/** `outcome` is `ok`, `unavailable` (not sent: the hub is known to be down), or the kind of the error. */
export type OnCall = (method: string, outcome: string, seconds: number) => void;

const PROBE_PATIENCE = 10_000;

export function createExchanger(transport: Transport, options: BreakerOptions = {}, onCall?: OnCall): Exchanger {
  const clock = createHubClock();
  const probe: Exchange = { method: "getAPIVersion", body: encodeCall("getAPIVersion", []), patience: PROBE_PATIENCE };
  const breaker = createBreaker(() => once(probe), options);
  async function once(request: Exchange): Promise<Answer> {
    const start = Date.now();
    const response = await transport.post(request);
    clock.observe(response.headers.date, start, Date.now());
    if (response.status !== 200) throw toHttpError(response, request.method);
    return { value: readValue(response, request.method), authenticate: response.headers["www-authenticate"] };
  }
  const exchange = (request: Exchange) => breaker.run(() => once(request));
  return {
    exchange: onCall === undefined ? exchange : (request) => told(request.method, () => exchange(request), onCall),
    clock,
    downUntil: breaker.openUntil,
  };
}

async function told<T>(method: string, call: () => Promise<T>, onCall: OnCall): Promise<T> {
  const begun = performance.now();
  const tell = (outcome: string) => onCall(method, outcome, (performance.now() - begun) / 1000);
  try {
    const answer = await call();
    tell("ok");
    return answer;
  } catch (error) {
    tell(error instanceof KojibridgeError && error.code === "koji.unavailable" ? "unavailable" : kindOf(error));
    throw error;
  }
}

function readValue(response: PostResponse, method: string): XmlRpcValue {
  const answer = readAnswer(response.body, method);
  if ("fault" in answer) throw toError(answer.fault, method);
  return answer.value;
}

/** Bytes that are no XML-RPC came instead of the hub's answer, which is therefore lost. */
function readAnswer(body: Buffer, method: string): ReturnType<typeof readResponse> {
  try {
    return readResponse(body);
  } catch (error) {
    const html = /^\s*(<!doctype html|<html)/i.test(body.subarray(0, 200).toString("latin1"));
    const what = html
      ? "a web page came instead of XML-RPC; is `url:` the hub (…/kojihub), not the web interface?"
      : "the answer cannot be read";
    throw new KojibridgeError("invalid", `${method}: ${what}`, {
      code: "koji.answer",
      context: { method, sent: true },
      cause: error,
    });
  }
}

interface StatusClass {
  readonly kind: "transient" | "auth" | "invalid";
  readonly what: string;
  readonly sent?: true;
}

const IS_IT_THE_HUB = "is `url:` really the hub's address (…/kojihub)?";

const STATUSES: ReadonlyMap<number, StatusClass> = new Map<number, StatusClass>([
  [400, { kind: "invalid", what: "the hub cannot read our request" }],
  [401, { kind: "auth", what: "no or no valid Kerberos ticket or client certificate; check the hub's `auth:`" }],
  [403, { kind: "auth", what: "refused by the web server; if the hub wants a client certificate, check `cert:`" }],
  [404, { kind: "invalid", what: `nothing is there; ${IS_IT_THE_HUB}` }],
  [405, { kind: "invalid", what: `no POST is taken there; ${IS_IT_THE_HUB}` }],
  [408, { kind: "transient", what: "the hub did not get our request in time", sent: true }],
  [411, { kind: "invalid", what: "a proxy in between removes Content-Length; the hub needs it" }],
  [413, { kind: "invalid", what: "the request is larger than the hub or a proxy allows; send less at a time" }],
]);

/** Non-200 never comes from a Koji method: faults are HTTP 200 (transcripts, "HTTP"). */
function toHttpError(response: PostResponse, method: string): KojibridgeError {
  const { status, headers } = response;
  const known = STATUSES.get(status) ?? otherStatus(status, headers.location);
  const said = /^text\/plain/.test(headers["content-type"] ?? "")
    ? `: ${response.body.subarray(0, 200).toString("utf8").trim()}`
    : "";
  return new KojibridgeError(known.kind, `${method}: HTTP ${status}, ${known.what}${said}`, {
    code: `koji.http.${status}`,
    context: { method, status, ...(known.sent === true ? { sent: true } : {}) },
  });
}

function otherStatus(status: number, location: string | undefined): StatusClass {
  if (status >= 500) return { kind: "transient", what: "the hub or a proxy in front of it is in trouble", sent: true };
  if (status >= 300 && status < 400)
    return {
      kind: "invalid",
      what: `it points to ${location ?? "elsewhere"}; if that is the hub, write it as \`url:\``,
    };
  return { kind: "invalid", what: IS_IT_THE_HUB };
}
