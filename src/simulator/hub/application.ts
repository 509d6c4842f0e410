import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readCall, type XmlRpcCall } from "../../adapters/koji/xmlrpc.ts";
import type { Core, Environ } from "./core.ts";
import { type BeforeExecute, dispatch, type Methods } from "./dispatch.ts";
import { HubFault, pythonError, serverOffline } from "./fault.ts";
import { KOJI_VERSION } from "./methods/misc.ts";
import { send, sendApachePage } from "./reply.ts";
import type { Steering } from "./steering.ts";
import { handleUpload } from "./uploads.ts";
import type { Answer } from "./values.ts";
import { findForbidden } from "./wellformed.ts";
import { writeFault, writeResult } from "./writer.ts";

export interface ApplicationDeps {
  readonly core: Core;
  readonly methods: Methods;
  readonly steering: Steering;
  /** Told of every call, before anything is done about it. */
  readonly seen: (method: string) => void;
}

const ONLY_POST = "Method Not Allowed\nThis is an XML-RPC server. Only POST requests are accepted.\n";

/** The hub behind Apache: POST only, faults are HTTP 200, what is no XML-RPC is 400 (transcripts, "HTTP"). */
export async function handleApplication(
  deps: ApplicationDeps,
  request: IncomingMessage,
  response: ServerResponse,
  environ: Environ,
): Promise<void> {
  const { core } = deps;
  response.setHeader("Koji-Version", KOJI_VERSION);
  if (request.method !== "POST") {
    response.setHeader("Allow", "POST");
    return send(response, 405, "text/plain", ONLY_POST);
  }
  if (core.settings.offline !== null)
    return send(response, 200, "text/xml", writeFault(serverOffline(core.settings.offline)));
  if (request.headers["content-type"] === "application/octet-stream") {
    const bytes = await readBody(request, Number.POSITIVE_INFINITY);
    return steered(deps, response, "rawUpload", (before) => handleUpload(core, environ, bytes ?? NOTHING, before));
  }
  const call = parseCall(await readBody(request, core.settings.maxRequestLength));
  if (typeof call === "string") {
    response.setHeader("Connection", "close");
    return send(response, 400, "text/plain", `Invalid request: ${call}\n`);
  }
  const { method, params } = call;
  return steered(deps, response, method, (before) => dispatch(core, deps.methods, environ, method, params, before));
}

const NOTHING = Buffer.alloc(0);

type Execute = (before: BeforeExecute) => Promise<Answer>;

/** Runs a call between the faults the world was told to make. */
async function steered(
  deps: ApplicationDeps,
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

/** A mistake of the world's own is fault 1 with its stack, as one of Python's would be. */
async function answerOf(execute: Execute, before: BeforeExecute): Promise<string> {
  try {
    return writeResult(await execute(before));
  } catch (error) {
    if (error instanceof HubFault) return writeFault(error);
    return writeFault(
      pythonError("RuntimeError", error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  }
}

/** The call, or what is wrong with it. */
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

/** Undefined when it is longer than the limit. All of it is read: a socket closed early would take the answer with it. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  }
  return length <= limit ? Buffer.concat(chunks) : undefined;
}

function sendHalf(response: ServerResponse, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(200, { "Content-Length": body.length, "Content-Type": "text/xml" });
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}
