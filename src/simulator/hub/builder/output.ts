import type { OutputFile, TaskRow } from "../rows.ts";

/** The part of a file that is written by now; undefined while there is no such file yet. Logs grow by whole lines. */
export function visibleContent(task: TaskRow, file: OutputFile, now: number): Uint8Array | undefined {
  const end = Math.min(now, task.completed ?? now);
  if (end < file.from) return undefined;
  const content = file.content();
  if (end >= file.to) return content;
  const share = Math.floor((content.length * (end - file.from)) / (file.to - file.from));
  const lineEnd = content.lastIndexOf(10, share - 1);
  return content.subarray(0, lineEnd + 1);
}

/** When a file was last written to, epoch milliseconds. */
export function modifiedAt(task: TaskRow, file: OutputFile, now: number): number {
  return Math.min(file.to, task.completed ?? now, now);
}
