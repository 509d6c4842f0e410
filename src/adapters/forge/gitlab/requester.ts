import type { Commits } from "@gitbeaker/rest";
import { KojibridgeError } from "../../../domain/errors.ts";
import { createHttp } from "../http.ts";
import type { Observe } from "../meter.ts";

const JSON_CONTENT = { "content-type": "application/json" };

type RequesterFactory = NonNullable<ConstructorParameters<typeof Commits>[0]["requesterFn"]>;
type Service = Parameters<RequesterFactory>[0];
type Requester = ReturnType<RequesterFactory>;

export interface RequesterOptions {
  readonly token: () => string;
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly meter?: Observe | undefined;
}

/** What every resource of gitbeaker is made with. */
export interface ApiOptions {
  readonly host: string;
  readonly requesterFn: RequesterFactory;
  readonly queryTimeout: null;
}

interface Options {
  readonly body?: object;
  readonly searchParams?: Readonly<Record<string, unknown>>;
}

/**
 * What gitbeaker sends its requests with. Its own sender repeats a POST after a 502 (a comment twice), ignores Retry-After
 * and waits milliseconds where it means seconds (https://github.com/jdalrymple/gitbeaker/issues/3805); ours never repeats.
 */
export function createRequester({ token, userAgent, timeoutMs, now, meter }: RequesterOptions): RequesterFactory {
  const send = createHttp({ forge: "gitlab", token, timeoutMs, now, meter });

  return (service: Service): Requester => {
    async function call<T>(method: string, endpoint: string, { body, searchParams }: Options = {}) {
      const headers = { ...service.headers, "user-agent": userAgent, ...(body === undefined ? {} : JSON_CONTENT) };
      const url = new URL(endpoint, service.url.endsWith("/") ? service.url : `${service.url}/`);
      url.search = new URLSearchParams(texts(searchParams ?? {})).toString();
      const response = await send({ method, url: url.href, headers, body: body === undefined ? null : toJson(body) });
      const answer: T = JSON.parse((await response.text()) || "null");
      return { body: answer, headers: Object.fromEntries(response.headers), status: response.status };
    }
    return {
      get: (endpoint, options) => call("GET", endpoint, options),
      post: (endpoint, options) => call("POST", endpoint, options),
      put: (endpoint, options) => call("PUT", endpoint, options),
      patch: (endpoint, options) => call("PATCH", endpoint, options),
      delete: (endpoint, options) => call("DELETE", endpoint, options),
    };
  };
}

/** gitbeaker says `targetUrl`, GitLab `target_url`. */
function snake(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toJson(body: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(body).map(([key, value]) => [snake(key), value])));
}

function texts(params: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given.map(([key, value]) => [snake(key), String(value)]));
}

/** gitbeaker encodes the path into one segment; dots alone would climb in the URL all the same. */
export function checkPath(path: string): string {
  if (!path.includes("/"))
    throw new KojibridgeError("invalid", `${JSON.stringify(path)} is not a GitLab project: write group/name`);
  return path;
}
