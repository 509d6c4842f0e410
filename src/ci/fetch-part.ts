import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { KojibridgeError } from "../domain/errors.ts";
import type { TaskId } from "../domain/koji.ts";
import type { TaskFiles } from "./task-files.ts";

export interface PartRequest {
  readonly files: TaskFiles;
  /** Null: only the hub itself has it. */
  readonly url: string | null;
  readonly task: TaskId;
  readonly name: string;
  /** Bytes that are there already, and bytes altogether. */
  readonly offset: number;
  readonly size: number;
  readonly ca: string | null;
  readonly signal: AbortSignal;
}

/** One part through the hub: base64 in XML. */
const PART = 2 ** 20;
const IDLE_MS = 60_000;

/** The rest of a file, from the file server; from the hub where that has no such file. */
export async function* fetchPart(request: PartRequest): AsyncGenerator<Uint8Array> {
  if (request.offset >= request.size) return;
  const response = request.url === null ? null : await get(request.url, request);
  if (response !== null) yield* response;
  else yield* throughHub(request);
}

async function* throughHub({ files, task, name, offset, size }: PartRequest): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < size; ) {
    const part = await files.read(task, name, at, Math.min(PART, size - at));
    if (part.length === 0) return;
    at += part.length;
    yield part;
  }
}

/** Null: no such file there. A server that does not know ranges would send the whole: that is none either. */
function get(url: string, { offset, ca, signal }: PartRequest): Promise<http.IncomingMessage | null> {
  const client = url.startsWith("https:") ? https : http;
  const options = { signal, headers: { Range: `bytes=${offset}-` }, ...(ca === null ? {} : { ca: readFileSync(ca) }) };
  return new Promise((done, failed) => {
    const request = client.get(url, options, (response) => {
      if (response.statusCode === 206 || (response.statusCode === 200 && offset === 0)) return done(response);
      response.resume();
      const status = response.statusCode ?? 0;
      if (status >= 500 || status === 429)
        failed(new KojibridgeError("transient", `the file server answers ${status}`));
      else done(null);
    });
    request.setTimeout(IDLE_MS, () => request.destroy(new Error("the file server has gone silent")));
    request.once("error", failed);
  });
}
