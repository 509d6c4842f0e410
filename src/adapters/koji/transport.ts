import { Buffer } from "node:buffer";
import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { KojibridgeError } from "../../domain/errors.ts";
import { isTlsVersion, toNetworkError, tooLarge, truncated } from "./network-errors.ts";

export interface TransportOptions {
  /** The hub's URL, `https://koji.example.org/kojihub`. */
  readonly url: string;
  /** PEM of the CAs to trust instead of the system's. */
  readonly ca?: string | Buffer;
  readonly userAgent?: string;
  /** All in milliseconds; defaults 10 s, 60 s, 60 s and 15 min. */
  readonly connectTimeout?: number;
  readonly responseTimeout?: number;
  readonly idleTimeout?: number;
  readonly totalTimeout?: number;
  /** Default 64 MiB. */
  readonly maxResponseBytes?: number;
  /** Kept-alive sockets; default 8. */
  readonly maxSockets?: number;
}

export interface PostRequest {
  readonly body: string | Buffer;
  /** Appended to the hub's path: `/ssllogin`. */
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Own connection, used for nothing else: no stale keep-alive socket, and a call that takes hours blocks no other. */
  readonly fresh?: boolean;
  /** Client certificate for this one connection, and the newest TLS version; where the hub refuses that, newer ones are tried. */
  readonly tls?: Pick<https.RequestOptions, "cert" | "key" | "maxVersion">;
  /** Milliseconds until the answer has begun and until it is complete, instead of the transport's. */
  readonly patience?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface PostResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Transport {
  /**
   * One POST, no retry, redirects not followed; any HTTP status is a result.
   * @throws KojibridgeError `transient` with `context.sent`: false when the hub cannot have seen the request, true when its answer was
   * lost; `invalid` or `auth` for TLS trouble, which no retry heals.
   */
  post(request: PostRequest): Promise<PostResponse>;
  close(): void;
}

const SECOND = 1000;

export function createTransport(options: TransportOptions): Transport {
  const url = new URL(options.url);
  const secure = url.protocol === "https:";
  // Apache closes a kept-alive connection after 5 s by default: let go of it before the hub does.
  const pool = { keepAlive: true, maxSockets: options.maxSockets ?? 8, timeout: 4 * SECOND };
  const agent = secure ? new https.Agent(pool) : new http.Agent(pool);

  function open(request: PostRequest): http.ClientRequest {
    const target = new URL(url);
    target.pathname = `${url.pathname.replace(/\/$/, "")}${request.path ?? ""}`;
    target.search = request.query ?? "";
    const common: https.RequestOptions = {
      method: "POST",
      agent: request.fresh === true || request.tls !== undefined ? false : agent,
      headers: toHeaders(request, options.userAgent ?? "koji/1 kojibridge"),
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...request.tls,
    };
    return secure ? https.request(target, common) : http.request(target, common);
  }

  async function post(request: PostRequest): Promise<PostResponse> {
    try {
      return await exchange(open(request), request, options);
    } catch (error) {
      if (request.tls?.maxVersion === undefined || !isTlsVersion(error)) throw error;
      const { maxVersion: _, ...tls } = request.tls;
      return post({ ...request, tls });
    }
  }

  return {
    post,
    close: () => agent.destroy(),
  };
}

/** Content-Length is set by hand: a chunked body is refused with 411 (transcript `transfer-encoding-chunked`). */
function toHeaders(request: PostRequest, userAgent: string): Record<string, string | number> {
  return {
    "User-Agent": userAgent,
    "Content-Type": "text/xml",
    "Content-Length": Buffer.byteLength(request.body),
    ...request.headers,
  };
}

/** What of one request has happened so far. */
interface Progress {
  sent: boolean;
  reused: boolean;
}

function exchange(req: http.ClientRequest, request: PostRequest, options: TransportOptions): Promise<PostResponse> {
  return new Promise((resolve, reject) => {
    const progress: Progress = { sent: false, reused: false };
    const fail = (error: unknown): void => {
      clock.stop();
      reject(toNetworkError(error, { url: options.url, ...progress }));
      req.destroy();
    };
    const clock = createDeadlines(fail, request, options);
    const abort = (): void => fail(request.signal?.reason);
    req.on("error", fail);
    if (request.signal?.aborted === true) return abort();
    request.signal?.addEventListener("abort", abort, { once: true });
    req.once("close", () => request.signal?.removeEventListener("abort", abort));
    req.on("socket", (socket) => {
      progress.reused = req.reusedSocket;
      onceConnected(req, socket, () => {
        progress.sent = true;
        clock.sent();
      });
    });
    req.on("response", (response) => {
      collect(response, clock, options.maxResponseBytes ?? 64 * 2 ** 20).then((body) => {
        clock.stop();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      }, fail);
    });
    req.end(request.body);
  });
}

function onceConnected(req: http.ClientRequest, socket: Socket, then: () => void): void {
  if (req.reusedSocket) then();
  else socket.once("encrypted" in socket ? "secureConnect" : "connect", then);
}

interface Deadlines {
  sent(): void;
  progressed(): void;
  stop(): void;
}

/** One timer for the phase at hand (connect, answer, next bytes) and one for the whole. */
function createDeadlines(fail: (error: Error) => void, request: PostRequest, options: TransportOptions): Deadlines {
  const expire = (what: string): void =>
    fail(new KojibridgeError("transient", `timeout: ${what}`, { code: "koji.timeout" }));
  const after = (ms: number, what: string): NodeJS.Timeout => setTimeout(expire, ms, what);
  const response = request.patience ?? options.responseTimeout ?? 60 * SECOND;
  const total = after(request.patience ?? options.totalTimeout ?? 900 * SECOND, "the answer took too long altogether");
  let phase = after(options.connectTimeout ?? 10 * SECOND, "no connection");
  const next = (ms: number, what: string): void => {
    clearTimeout(phase);
    phase = after(ms, what);
  };
  return {
    sent: () => next(response, "no answer"),
    progressed: () => next(options.idleTimeout ?? 60 * SECOND, "the answer stopped coming"),
    stop: () => {
      clearTimeout(phase);
      clearTimeout(total);
    },
  };
}

async function collect(response: http.IncomingMessage, clock: Deadlines, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  clock.progressed();
  for await (const chunk of response) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
    clock.progressed();
  }
  if (!response.complete) throw truncated();
  return Buffer.concat(chunks);
}
