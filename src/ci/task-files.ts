import type { Buffer } from "node:buffer";
import type { TaskId } from "../domain/koji.ts";

export interface OutputFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** What tasks leave on one hub. Reads only; errors as the hub's other reads. */
export interface TaskFiles {
  list(task: TaskId): Promise<readonly OutputFile[]>;
  /** At most `size` bytes from `offset`; empty past the end. */
  read(task: TaskId, name: string, offset: number, size: number): Promise<Buffer>;
  /** Of a real build its record's NVR, of a scratch build that of its SRPM; null while there is none. */
  nvr(task: TaskId, srpmTask: TaskId | null): Promise<string | null>;
  /** MD5 of header and payload by file name, of the packages of a real build: empty where the hub keeps none. */
  digests(task: TaskId): Promise<ReadonlyMap<string, string>>;
  /** The address the file is served at; null where the hub serves none. */
  urlOf(task: TaskId, name: string): string | null;
}
