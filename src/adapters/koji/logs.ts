import { Buffer } from "node:buffer";
import type { TaskId } from "../../domain/koji.ts";
import type { OutputCalls } from "./calls/output.ts";

/** Reads a file a task writes, part by part, while it grows. */
export interface OutputReader {
  /** Bytes read so far. */
  readonly offset: number;
  /** What has come since the last time, at most one part; empty when nothing has. */
  next(): Promise<Buffer>;
}

/** One part: as base64 in XML it stays far below the response limit. */
const PART = 2 ** 20;

export function createOutputReader(koji: OutputCalls, task: TaskId, name: string, from = 0): OutputReader {
  let offset = from;
  return {
    get offset() {
      return offset;
    },
    async next() {
      const part = await koji.downloadTaskOutput(task, name, { offset, size: PART });
      offset += part.length;
      return part;
    },
  };
}

/** The file as it is now, in parts of at most 1 MiB. */
export async function* readOutput(koji: OutputCalls, task: TaskId, name: string): AsyncGenerator<Buffer> {
  const reader = createOutputReader(koji, task, name);
  for (let part = await reader.next(); part.length > 0; part = await reader.next()) yield part;
}

/**
 * The last bytes of a file, or null when the task has no such file. Its size is asked first: the hub faults on an offset before the start
 * (transcript `downloadTaskOutput-tail-too-far`).
 */
export async function tailOutput(koji: OutputCalls, task: TaskId, name: string, bytes: number): Promise<Buffer | null> {
  const file = (await koji.listTaskOutput(task)).find((one) => one.name === name);
  if (file === undefined) return null;
  const size = Math.min(bytes, file.size);
  return size === 0 ? Buffer.alloc(0) : koji.downloadTaskOutput(task, name, { offset: file.size - size, size });
}
