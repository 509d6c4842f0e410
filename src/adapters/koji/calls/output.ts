import { Buffer } from "node:buffer";
import type { TaskId } from "../../../domain/koji.ts";
import type { Caller } from "../caller.ts";
import { toOptionalTime, toStruct, toText, toTextAnswer } from "../shape.ts";
import { named } from "../xmlrpc.ts";

/** A file a task left on the hub; they are on the child tasks, a build has none (koji-facts, section 11). */
export interface OutputFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Epoch milliseconds. */
  readonly changedAt: number | null;
}

export interface Part {
  /** Bytes from the start; negative: from the end, which must not be more than the file has (transcript `downloadTaskOutput-tail-too-far`). */
  readonly offset?: number;
  /** Bytes; default: to the end. */
  readonly size?: number;
}

export interface OutputCalls {
  listTaskOutput(id: TaskId): Promise<OutputFile[]>;
  /** Empty past the end. */
  downloadTaskOutput(id: TaskId, name: string, part?: Part): Promise<Buffer>;
}

export function createOutputCalls({ read }: Caller): OutputCalls {
  return {
    async listTaskOutput(id) {
      const answer = await read("listTaskOutput", id, named({ stat: true }));
      const { method, struct } = toStruct(answer, "listTaskOutput");
      return Object.entries(struct).map(([name, stat]) => {
        const from = toStruct(stat, method);
        // a string, so that it needs no i8 (transcript listTaskOutput-stat-5GiB)
        return { name, size: Number(toText(from, "st_size")), changedAt: toOptionalTime(from, "st_mtime") };
      });
    },
    async downloadTaskOutput(id, name, part = {}) {
      const answer = await read("downloadTaskOutput", id, name, named({ ...part }));
      return Buffer.from(toTextAnswer(answer, "downloadTaskOutput"), "base64");
    },
  };
}
