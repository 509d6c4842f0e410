import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isKind, KojibridgeError } from "../../domain/errors.ts";
import { adler32, toHex } from "./adler32.ts";
import type { Caller } from "./caller.ts";
import type { Sessions } from "./sessions.ts";
import { toInt, toNullable, toStruct, toText } from "./shape.ts";
import { named } from "./xmlrpc.ts";

export interface UploadOptions {
  /** Default: the file's own. */
  readonly name?: string;
  /** Below the hub's work directory; default one of its own. It belongs to who first writes into it. */
  readonly directory?: string;
  /** Bytes sent and bytes altogether, after every chunk. */
  readonly onProgress?: (sent: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What can be uploaded: a path, or bytes with a name. */
export type Uploadable = string | Buffer;

/**
 * Uploads a file in chunks of 1 MiB, each verified, the whole verified again at the end. A broken chunk is sent again from where it was;
 * uploads change no database row, so that repeating them is safe (transcripts `rawUpload-chunk-2-resent`, `rawUpload-repeat-callnum`).
 * @returns the path `build` takes
 */
export type Upload = (file: Uploadable, options?: UploadOptions) => Promise<string>;

const CHUNK = 2 ** 20;
/** Milliseconds before a broken chunk is sent again; on top of what the session does with lost answers. */
const AGAIN = [500, 2000, 5000, 15_000, 30_000];

interface Target {
  readonly directory: string;
  readonly name: string;
}

export function createUpload(sessions: Sessions, caller: Caller, again: readonly number[] = AGAIN): Upload {
  async function sendChunk(chunk: Buffer, offset: number, target: Target): Promise<void> {
    const query = new URLSearchParams({
      filename: target.name,
      filepath: target.directory,
      fileverify: "adler32",
      offset: String(offset),
      // without it a repeated first chunk is refused (transcript rawUpload-exists)
      overwrite: "1",
    });
    const headers = { "Content-Type": "application/octet-stream" };
    const answer = await sessions.call({ method: "rawUpload", body: chunk, query: `${query}`, headers });
    verify(toStruct(answer, "rawUpload"), chunk.length, adler32(chunk));
  }

  return async (file, options = {}) => {
    const target = toTarget(file, options);
    const source = await openSource(file);
    try {
      let sum = 1;
      let offset = 0;
      do {
        const chunk = await source.read(offset);
        await patiently(() => sendChunk(chunk, offset, target), again, options.signal);
        sum = adler32(chunk, sum);
        offset += chunk.length;
        options.onProgress?.(offset, source.size);
      } while (offset < source.size);
      await verifyWhole(caller, target, offset, sum);
    } finally {
      await source.close();
    }
    return `${target.directory}/${target.name}`;
  };
}

/** As Koji's own client names it: a time and some letters. */
function toTarget(file: Uploadable, options: UploadOptions): Target {
  const name = options.name ?? (typeof file === "string" ? basename(file) : "");
  if (name === "" || name.startsWith(".") || name.includes("/")) {
    throw new KojibridgeError("invalid", `upload: ${JSON.stringify(name)} is no file name the hub takes`, {
      code: "koji.upload_name",
    });
  }
  const unique = `${Date.now() / 1000}.${randomBytes(6).toString("hex")}`;
  return { name, directory: options.directory ?? `cli-build/${unique}` };
}

interface Source {
  readonly size: number;
  read(offset: number): Promise<Buffer>;
  close(): Promise<void>;
}

async function openSource(file: Uploadable): Promise<Source> {
  if (typeof file !== "string") {
    return {
      size: file.length,
      read: async (offset) => file.subarray(offset, offset + CHUNK),
      close: async () => undefined,
    };
  }
  const handle = await open(file);
  const { size } = await handle.stat();
  return { size, read: (offset) => readAt(handle, offset, size), close: () => handle.close() };
}

async function readAt(handle: FileHandle, offset: number, size: number): Promise<Buffer> {
  const wanted = Math.min(CHUNK, size - offset);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(wanted), 0, wanted, offset);
  if (bytesRead === wanted) return buffer;
  throw new KojibridgeError("invalid", "upload: the file became shorter while it was sent", {
    code: "koji.upload_changed",
  });
}

/** Lost, locked (1001) and broken chunks are sent again; nothing happens twice. */
async function patiently(
  send: () => Promise<void>,
  waits: readonly number[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const wait of waits) {
    signal?.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      if (!isKind(error, "transient", "ambiguous")) throw error;
      await delay(wait, undefined, { signal });
    }
  }
  return send();
}

function verify(answer: ReturnType<typeof toStruct>, size: number, sum: number): void {
  if (toInt(answer, "size") === size && toText(answer, "hexdigest") === toHex(sum)) return;
  throw new KojibridgeError("transient", `${answer.method}: the hub got other bytes than were sent`, {
    code: "koji.upload_broken",
  });
}

async function verifyWhole(caller: Caller, { directory, name }: Target, size: number, sum: number): Promise<void> {
  const answer = await caller.write("checkUpload", [directory, name, named({ verify: "adler32" })]);
  const found = toNullable(answer, "checkUpload", (from) => from);
  if (found === null)
    throw new KojibridgeError("transient", "upload: the file is not there afterwards", { code: "koji.upload_broken" });
  verify(found, size, sum);
}
