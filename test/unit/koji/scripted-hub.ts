import { Buffer } from "node:buffer";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { serializeFault, serializeMethodResponse } from "xmlrpc/lib/serializer.js";
import { readCall, type XmlRpcValue } from "../../../src/adapters/koji/xmlrpc.ts";

/** A request as the scripted hub saw it. */
export interface Seen {
  readonly method: string;
  readonly params: XmlRpcValue[];
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What it does with it. Promises let a test decide when. */
export type Reply =
  | { readonly value: unknown }
  | { readonly fault: readonly [code: number, text: string] }
  | { readonly status: number; readonly body?: string; readonly headers?: http.OutgoingHttpHeaders }
  | { readonly raw: string }
  /** Reads the request, then breaks the connection; with `half` after part of the answer. */
  | { readonly reset: true; readonly half?: boolean };

export interface ScriptedHub {
  readonly url: string;
  readonly seen: Seen[];
  readonly port: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A hub over a real socket that does what the test says, request by request. */
export async function createScriptedHub(
  script: (seen: Seen, n: number) => Reply | Promise<Reply>,
): Promise<ScriptedHub> {
  const seen: Seen[] = [];
  const server = http.createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const call = req.headers["content-type"] === "text/xml" ? readCall(body) : { method: "rawUpload", params: [] };
    const request = { ...call, method: call.method ?? "", path: req.url ?? "", headers: req.headers, body };
    seen.push(request);
    send(res, await script(request, seen.length));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/kojihub`,
    port,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(res: http.ServerResponse, reply: Reply): void {
  if ("reset" in reply) {
    if (reply.half === true)
      res.writeHead(200, { "content-type": "text/xml", "content-length": 1000 }).write("<?xml version='1.0'?>\n");
    setImmediate(() => res.socket?.destroy());
  } else if ("status" in reply) {
    res.writeHead(reply.status, { "content-type": "text/html", ...reply.headers }).end(reply.body ?? "<html></html>");
  } else {
    res.writeHead(200, { "content-type": "text/xml" }).end(toXml(reply));
  }
}

function toXml(reply: { value: unknown } | { fault: readonly [number, string] } | { raw: string }): string {
  if ("raw" in reply) return reply.raw;
  if ("value" in reply) return serializeMethodResponse(reply.value);
  return serializeFault({ faultCode: reply.fault[0], faultString: reply.fault[1] });
}

/** Answers logins with sessions 1, 2, 3 …, the rest as `script` says. */
export function withLogin(
  script: (seen: Seen, n: number) => Reply | Promise<Reply>,
): (seen: Seen, n: number) => Reply | Promise<Reply> {
  let sessions = 0;
  return (seen, n) => {
    if (seen.method !== "login") return script(seen, n);
    const id = seen.headers["koji-session-id"] ?? ++sessions;
    return { value: { "session-id": Number(id), "session-key": `key-${n}`, "header-auth": true } };
  };
}

export const AUTH = { method: "password", username: "bridge", password: "hunter2-secret" } as const;
