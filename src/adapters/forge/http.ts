import { KojibridgeError } from "../../domain/errors.ts";
import { type Call, type ForgeKind, lost, parseJson, refused, throttled, unanswered } from "./failure.ts";
import type { Observe } from "./meter.ts";
import { retryAt } from "./throttle.ts";

export interface HttpOptions {
  /** Begins every error code: `github.404`. */
  readonly forge: ForgeKind;
  /** Read for every request, and kept out of everything but the one header. */
  readonly token: (call: Call) => string | Promise<string>;
  /** For the whole request, headers and body. */
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Sees the headers of every answer. */
  readonly meter?: Observe | undefined;
}

/**
 * One request, answered in full: a 2xx with JSON, or a 204. Everything else is an error of `failure.ts`, and nothing is ever
 * repeated here: when to try again is for `reconcile` to say.
 */
export type Send = (call: Call) => Promise<Response>;

const REDIRECTS = new Set([301, 302, 307, 308]);
const MAX_REDIRECTS = 3;
const NO_TOKEN = "the token is empty or has characters that no header can carry: is there a line break in it?";
const NO_JSON = "the answer is not JSON: is there a proxy in between?";
const TOKEN_HEADERS = {
  github: (token: string) => ({ authorization: `Bearer ${token}` }),
  gitlab: (token: string) => ({ "private-token": token }),
  forgejo: (token: string) => ({ authorization: `token ${token}` }),
};

export function createHttp({ forge, token, timeoutMs, now, meter }: HttpOptions): Send {
  let closedUntil = 0;

  async function authorized(call: Call): Promise<Call> {
    const secret = await token(call);
    // fetch would quote it in its error.
    if (!/^[\x21-\x7e]+$/.test(secret)) throw new KojibridgeError("auth", NO_TOKEN, { code: `${forge}.token` });
    return { ...call, headers: { ...call.headers, ...TOKEN_HEADERS[forge](secret) } };
  }

  return async (call) => {
    // GitHub bans clients that go on asking while they are limited.
    if (now() < closedUntil) throw throttled(forge, call, closedUntil);
    const { response, text } = await exchange(forge, await authorized(call), timeoutMs);
    const { status, headers } = response;
    meter?.(headers);
    const limit = retryAt(status, headers, text, now());
    if (limit !== null) {
      closedUntil = limit;
      throw throttled(forge, call, limit);
    }
    if (!response.ok) throw refused(forge, call, status, text);
    if (status !== 204 && !isJson(headers, text)) throw unanswered(forge, call, NO_JSON);
    return new Response(status === 204 ? null : text, { status, headers });
  };
}

/** Follows redirects by hand: fetch would turn a redirected POST into a GET, and carry the token to another host. */
async function exchange(
  forge: ForgeKind,
  call: Call,
  timeoutMs: number,
): Promise<{ response: Response; text: string }> {
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

function isJson(headers: Headers, text: string): boolean {
  const type = headers.get("content-type") ?? "";
  return /^application\/(?:[\w.+-]+\+)?json\b/.test(type) && parseJson(text) !== undefined;
}
