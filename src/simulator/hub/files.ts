import type { IncomingMessage, ServerResponse } from "node:http";
import type { Core } from "./core.ts";
import { readOutput } from "./methods/output.ts";
import { sendApachePage, sendNotFound } from "./reply.ts";

/** Static files under the top URL: `work/tasks/<id % 10000>/<id>/<name>`, with ranges (transcripts `kojifiles-*`). */
export function serveFile(core: Core, request: IncomingMessage, response: ServerResponse, path: string): void {
  const content = readPath(core, path);
  if (content === undefined) sendNotFound(response);
  else sendContent(request, response, content);
}

function sendContent(request: IncomingMessage, response: ServerResponse, content: Uint8Array): void {
  const range = parseRange(request.headers.range, content.length);
  response.setHeader("Accept-Ranges", "bytes");
  if (range === "unsatisfiable") {
    response.setHeader("Content-Range", `bytes */${content.length}`);
    sendApachePage(
      response,
      416,
      "Range Not Satisfiable",
      "None of the range-specifier values in the Range request-header field overlap the current extent of the selected resource.",
    );
    return;
  }
  const [start, end] = range ?? [0, content.length];
  if (range !== undefined) response.setHeader("Content-Range", `bytes ${start}-${end - 1}/${content.length}`);
  const part = content.subarray(start, end);
  response.writeHead(range === undefined ? 200 : 206, { "Content-Length": part.length, "Content-Type": "text/plain" });
  response.end(request.method === "HEAD" ? undefined : part);
}

function readPath(core: Core, path: string): Uint8Array | undefined {
  const task = /^work\/tasks\/(\d+)\/(\d+)\/([^/]+)$/.exec(path);
  if (task !== null) {
    const [, bucket, id, name = ""] = task;
    return Number(id) % 10000 === Number(bucket) ? readOutput(core, Number(id), decodeURIComponent(name)) : undefined;
  }
  return path.startsWith("work/") ? core.db.uploads.get(decodeURIComponent(path.slice(5)))?.content : undefined;
}

/** One range; anything else is answered with the whole file, as RFC 9110 allows. */
function parseRange(header: string | undefined, length: number): [number, number] | "unsatisfiable" | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return undefined;
  if (match[1] === "") return [Math.max(length - Number(match[2]), 0), length];
  const start = Number(match[1]);
  if (start >= length) return "unsatisfiable";
  return [start, match[2] === "" ? length : Math.min(Number(match[2]) + 1, length)];
}
