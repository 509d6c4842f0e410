import { KojibridgeError } from "../../../domain/errors.ts";
import { createHttp } from "../http.ts";
import type { Observe } from "../meter.ts";

/** The most Forgejo gives, unless `MAX_RESPONSE_ITEMS` says otherwise. */
export const PER_PAGE = 50;

export interface ForgejoClientOptions extends RequesterOptions {
  /** The forge's name in our configuration. */
  readonly forge: string;
}

export interface RequesterOptions {
  /** The instance, `https://codeberg.org`; a relative root is kept. */
  readonly url: string;
  /** An access token with `read:user`, `write:repository` and `write:issue`; read for every request. */
  readonly token: () => string;
  readonly userAgent: string;
  readonly timeoutMs: number;
  /** The time in epoch milliseconds. */
  readonly now?: () => number;
  readonly meter?: Observe | undefined;
}

export interface Answered {
  /** Parsed JSON; null when there is none (204). */
  readonly data: unknown;
  readonly headers: Headers;
  readonly status: number;
}

/** One call below `/api/v1`. Every segment of the path is encoded. */
export type Request = (
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: readonly (string | number)[],
  content?: { readonly query?: Readonly<Record<string, string | number | boolean>>; readonly body?: object },
) => Promise<Answered>;

export function createRequester({
  url,
  token,
  userAgent,
  timeoutMs,
  now = Date.now,
  meter,
}: RequesterOptions): Request {
  const send = createHttp({ forge: "forgejo", token, timeoutMs, now, meter });
  const root = `${url.replace(/\/+$/, "")}/api/v1`;
  return async (method, path, { query, body } = {}) => {
    const target = new URL([root, ...path.map((segment) => encodeURIComponent(segment))].join("/"));
    for (const [key, value] of Object.entries(query ?? {})) target.searchParams.set(key, String(value));
    const headers = {
      accept: "application/json",
      "user-agent": userAgent,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const json = body === undefined ? null : JSON.stringify(body);
    const response = await send({ method, url: target.href, headers, body: json });
    const { headers: answered, status } = response;
    return { data: JSON.parse((await response.text()) || "null"), headers: answered, status };
  };
}

/** `repos`, owner and name. Dots alone would climb in the URL, encoded or not. */
export function repoSegments(path: string): string[] {
  const parts = path.split("/");
  if (parts.length !== 2 || parts.some((part) => /^\.{0,2}$/.test(part))) {
    throw new KojibridgeError("invalid", `${JSON.stringify(path)} is not a Forgejo repo: write owner/name`);
  }
  return ["repos", ...parts];
}
