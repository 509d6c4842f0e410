import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";
import { SECURITY_HEADERS } from "./headers.ts";

/** A forge gives up after ten seconds; whoever takes longer to say what it wants is none. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Node looks every 30 s by itself. */
const CHECK_EVERY_MS = 2_000;
/** The longest a forge sends are some 2 KiB. */
const MOST_HEADER_BYTES = 16 * 1024;
/** Sockets beyond these are closed at once. Each may be kept for HEADERS_TIMEOUT_MS by somebody who says nothing. */
export const MOST_CONNECTIONS = 2_000;

/** What Fastify is made with, so that slow, talkative and countless clients are cut off. */
export const LIMITS = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  // Longer than nginx keeps its idle ones (60 s): it would send into a socket we are about to close.
  keepAliveTimeout: 72_000,
  maxRequestsPerSocket: 10_000,
  http: {
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    maxHeaderSize: MOST_HEADER_BYTES,
  },
  clientErrorHandler,
  /** A path that cannot be decoded never becomes a request with hooks. */
  frameworkErrors: (_error: unknown, _request: unknown, reply: FastifyReply) =>
    void reply.code(400).headers(SECURITY_HEADERS).send({ error: STATUS_CODES[400] }),
} as const;

/** What is no HTTP, or too slow or too long to become a request. */
function clientErrorHandler(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : error.code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
  const body = JSON.stringify({ error: STATUS_CODES[status] });
  const headers = { ...SECURITY_HEADERS, "content-type": "application/json", "content-length": body.length };
  const lines = Object.entries({ ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
}
