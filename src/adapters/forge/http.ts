import { type ErrorKind, KojibridgeError } from "../../domain/errors.ts";
import { retryAt } from "./throttle.ts";

export interface HttpOptions {
  /** Begins every error code: `github.404`. */
  readonly forge: "github" | "gitlab";
  /** Read for every request, and kept out of everything but the one header. */
  readonly token: () => string;
  /** For the whole request, headers and body. */
  readonly timeoutMs: number;
  readonly now: () => number;
}

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/**
 * One request, answered in full: 2xx with JSON (or nothing) comes back, everything else is a `KojibridgeError` with a code
 * of the forge's name and
 *
 * - `unsent`      `transient`: no connection, nothing happened
 * - `unanswered`  `transient`: the answer was lost, late, or not the forge's (a proxy's page); a write may have happened
 * - a 5xx status  `transient`, and a write may have happened; 409: somebody else is writing
 * - 401           `auth`, as is a token without the scope; 429 and the rate limits among the 403: `throttled`, also for later calls until then
 * - other status  `rejected`, with what the forge said
 */
export type Send = (call: Call) => Promise<Response>;

/** What fails before a byte of the request is written. */
const UNSENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const REDIRECTS = new Set([301, 302, 307, 308]);
const MAX_REDIRECTS = 3;
const UNPRINTABLE = "the token is empty or has characters that no header can carry: is there a line break in it?";
const TOKEN_HEADERS = {
  github: (token: string) => ["authorization", `Bearer ${token}`] as const,
  gitlab: (token: string) => ["private-token", token] as const,
};

export function createHttp({ forge, token, timeoutMs, now }: HttpOptions): Send {
  let closedUntil = 0;

  function authorized(call: Call): Call {
    const secret = token();
    // fetch would quote it in its error.
    if (!/^[\x21-\x7e]+$/.test(secret)) throw new KojibridgeError("auth", UNPRINTABLE, { code: `${forge}.token` });
    const [name, value] = TOKEN_HEADERS[forge](secret);
    return { ...call, headers: { ...call.headers, [name]: value } };
  }

  return async (call) => {
    // GitHub bans clients that go on asking while they are limited.
    if (now() < closedUntil) throw throttled(forge, call, closedUntil);
    const { response, text } = await exchange(forge, authorized(call), timeoutMs);
    const limit = retryAt(response.status, response.headers, text, now());
    if (limit !== null) {
      closedUntil = limit;
      throw throttled(forge, call, limit);
    }
    if (!response.ok) throw refused(forge, call, response.status, text);
    if (text !== "" && !isJson(response, text))
      throw unanswered(forge, call, "the answer is not JSON: is there a proxy in between?");
    return new Response(text === "" ? null : text, { status: response.status, headers: response.headers });
  };
}

/** Follows redirects by hand: fetch would turn a redirected POST into a GET, and carry the token to another host. */
async function exchange(forge: string, call: Call, timeoutMs: number): Promise<{ response: Response; text: string }> {
  const signal = AbortSignal.timeout(timeoutMs);
  const { method, headers, body } = call;
  let url = call.url;
  try {
    for (let hops = 0; ; hops++) {
      const response = await fetch(url, { method, headers, body, signal, redirect: "manual" });
      const text = await response.text();
      const next = REDIRECTS.has(response.status) ? sameOrigin(url, response.headers.get("location")) : null;
      if (next === null || hops === MAX_REDIRECTS) return { response, text };
      url = next;
    }
  } catch (error) {
    throw lost(forge, call, error);
  }
}

function sameOrigin(url: string, location: string | null): string | null {
  if (location === null || !URL.canParse(location, url)) return null;
  const next = new URL(location, url);
  return next.origin === new URL(url).origin ? next.href : null;
}

function isJson(response: Response, text: string): boolean {
  return (
    /^application\/(?:[\w.+-]+\+)?json\b/.test(response.headers.get("content-type") ?? "") && parse(text) !== undefined
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error of fetch itself is not kept: it can quote what was sent. */
function lost(forge: string, call: Call, error: unknown): KojibridgeError {
  if (error instanceof Error && error.name === "TimeoutError") return unanswered(forge, call, "no answer in time");
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : null;
  if (code === null)
    return new KojibridgeError("bug", `${what(call)}: the request could not be made`, { code: `${forge}.request` });
  if (!UNSENT.has(code) && !/CERT|TLS/.test(code)) return unanswered(forge, call, `the connection broke (${code})`);
  return new KojibridgeError("transient", `${what(call)}: no connection (${code})`, { code: `${forge}.unsent`, cause });
}

function unanswered(forge: string, call: Call, why: string): KojibridgeError {
  return new KojibridgeError("transient", `${what(call)}: ${why}`, { code: `${forge}.unanswered` });
}

function throttled(forge: string, call: Call, until: number): KojibridgeError {
  const when = new Date(until).toISOString();
  return new KojibridgeError("throttled", `${what(call)}: rate limited until ${when}`, {
    code: `${forge}.throttled`,
    retryAt: until,
  });
}

function refused(forge: string, call: Call, status: number, text: string): KojibridgeError {
  return new KojibridgeError(kindOf(status, text), `${what(call)}: ${status} ${said(text)}`.trimEnd(), {
    code: `${forge}.${status}`,
    context: { status },
  });
}

function kindOf(status: number, text: string): ErrorKind {
  // GitLab's word for a token that was made without the `api` scope.
  if (status === 401 || (status === 403 && text.includes("insufficient_scope"))) return "auth";
  return status >= 500 || status === 409 ? "transient" : "rejected";
}

/** The forge's own words: `message` (GitHub, with its `errors`), `message` or `error` (GitLab, sometimes a struct). */
function said(text: string): string {
  const answer = parse(text);
  // A proxy's page: its first words are enough.
  if (typeof answer !== "object" || answer === null)
    return text
      .replaceAll(/<[^>]*>|\s+/g, " ")
      .trim()
      .slice(0, 100);
  const { message, error, errors }: { message?: unknown; error?: unknown; errors?: unknown } = answer;
  const parts = [message ?? error, errors].filter((part) => part !== undefined);
  return parts
    .map((part) => (typeof part === "string" ? part : JSON.stringify(part)))
    .join(" ")
    .slice(0, 500);
}

/** Method and path; hosts and queries are of no use to whoever reads it. */
function what({ method, url }: Call): string {
  return `${method} ${new URL(url).pathname}`;
}
