import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readCall, type XmlRpcCall } from "../../adapters/koji/xmlrpc.ts";
import type { Core, Identity } from "./core.ts";
import { dispatch, type Methods } from "./dispatch.ts";
import { HubFault, serverOffline } from "./fault.ts";
import { serveFile } from "./files.ts";
import { KOJI_VERSION } from "./methods/misc.ts";
import { send, sendApachePage, sendNotFound } from "./reply.ts";
import type { Steering } from "./steering.ts";
import { handleUpload } from "./uploads.ts";
import { serveTaskPage } from "./web.ts";
import { findForbidden } from "./wellformed.ts";
import { writeFault, writeResult } from "./writer.ts";

export interface HttpDeps {
  readonly core: Core;
  readonly methods: Methods;
  readonly steering: Steering;
  /** Which headers of a trusted front proxy say who the client is; undefined: none is trusted. */
  readonly identityHeaders: IdentityHeaders | undefined;
  /** Told of every call, before anything is done about it. */
  readonly seen: (method: string) => void;
}

/** Lower-case header names. */
export interface IdentityHeaders {
  readonly verify: string;
  readonly distinguishedName: string;
  readonly commonName: string;
  readonly principal: string;
}

const UNAUTHORIZED =
  "This server could not verify that you\nare authorized to access the document\nrequested.  Either you supplied the wrong\ncredentials (e.g., bad password), or your\nbrowser doesn't understand how to supply\nthe credentials required.";

const APACHE = "Apache/2.4.71 (Debian) OpenSSL/3.0.22 mod_wsgi/4.9.4 Python/3.11 mod_auth_gssapi/1.6.4";

/** One HTTP request, as Apache with the hub behind it answers (transcripts, "HTTP"). */
export async function handleRequest(deps: HttpDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { core } = deps;
  response.sendDate = false;
  response.setHeader("Date", new Date(core.clock.now()).toUTCString());
  response.setHeader("Server", APACHE);
  const url = new URL(request.url ?? "/", "http://hub");
  if (/^\/kojihub(\/|$)/.test(url.pathname)) return handleHub(deps, request, response, url);
  if (url.pathname.startsWith("/kojifiles/")) return serveFile(core, request, response, url.pathname.slice(11));
  if (url.pathname === "/koji/taskinfo") return serveTaskPage(core, response, Number(url.searchParams.get("taskID")));
  sendNotFound(response);
}

async function handleHub(deps: HttpDeps, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const { core } = deps;
  const identity = readIdentity(deps.identityHeaders, request);
  if (
    url.pathname.startsWith("/kojihub/ssllogin") &&
    identity.verify !== "SUCCESS" &&
    identity.principal === undefined
  ) {
    response.setHeader("WWW-Authenticate", "Negotiate");
    return sendApachePage(response, 401, "Unauthorized", UNAUTHORIZED);
  }
  if (request.headers["transfer-encoding"] !== undefined) {
    response.setHeader("Connection", "close");
    return sendApachePage(
      response,
      411,
      "Length Required",
      "A request of the requested method POST requires a valid Content-length.<br />\n",
    );
  }
  response.setHeader("Koji-Version", KOJI_VERSION);
  if (request.method !== "POST") {
    response.setHeader("Allow", "POST");
    return send(
      response,
      405,
      "text/plain",
      "Method Not Allowed\nThis is an XML-RPC server. Only POST requests are accepted.\n",
    );
  }
  if (core.settings.offline !== null) return sendFault(response, serverOffline(core.settings.offline));
  const environ = { headers: request.headers, query: url.search.slice(1), address: addressOf(request), identity };
  const isUpload = request.headers["content-type"] === "application/octet-stream";
  const body = await readBody(request, isUpload ? Number.POSITIVE_INFINITY : core.settings.maxRequestLength);
  if (isUpload)
    return steered(deps, response, "rawUpload", (before) =>
      handleUpload(core, environ, body ?? Buffer.alloc(0), before),
    );
  const call = parseCall(body);
  if (typeof call === "string") {
    response.setHeader("Connection", "close");
    return send(response, 400, "text/plain", `Invalid request: ${call}\n`);
  }
  return steered(deps, response, call.method, (before) =>
    dispatch(core, deps.methods, environ, call.method, call.params, before),
  );
}

type Execute = (before: () => Promise<void>) => ReturnType<typeof dispatch>;

/** Runs a call between the faults the world was told to make. */
async function steered(
  deps: HttpDeps,
  response: ServerResponse,
  method: string | null,
  execute: Execute,
): Promise<void> {
  const { take } = deps.steering;
  deps.seen(method ?? "");
  if (take("dropBefore", method)) return void response.destroy();
  if (take("http502", method))
    return sendApachePage(response, 502, "Bad Gateway", "The proxy server received an invalid response.");
  if (take("html", method))
    return send(response, 200, "text/html", "<html><body>Please log in to the network</body></html>\n");
  const answer = await answerOf(execute, async () => {
    await take("hold", method)?.();
    await take("delay", method)?.();
  });
  await take("slow", method)?.();
  if (take("dropAfter", method)) return void response.destroy();
  if (take("truncate", method)) return sendHalf(response, answer);
  send(response, 200, "text/xml", answer);
}

async function answerOf(execute: Execute, before: () => Promise<void>): Promise<string> {
  try {
    return writeResult(await execute(before));
  } catch (error) {
    if (!(error instanceof HubFault)) throw error;
    return writeFault(error);
  }
}

function parseCall(body: Buffer | undefined): XmlRpcCall | string {
  if (body === undefined) return "Request too long";
  if (body.length === 0) return "Empty request";
  const position = findForbidden(body);
  if (position !== undefined) return `not well-formed (invalid token): ${position}`;
  try {
    return readCall(body);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Undefined when it is longer than the limit; what is left over is not read. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readIdentity(names: IdentityHeaders | undefined, request: IncomingMessage): Identity {
  const read = (name: string | undefined) => {
    const value = name === undefined ? undefined : request.headers[name];
    return typeof value === "string" && value !== "" && value !== "(null)" ? value : undefined;
  };
  return {
    verify: read(names?.verify),
    distinguishedName: read(names?.distinguishedName),
    commonName: read(names?.commonName),
    principal: read(names?.principal),
  };
}

function addressOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "").replace("::1", "127.0.0.1");
}

function sendFault(response: ServerResponse, fault: HubFault): void {
  send(response, 200, "text/xml", writeFault(fault));
}

function sendHalf(response: ServerResponse, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(200, { "Content-Length": body.length, "Content-Type": "text/xml" });
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}
