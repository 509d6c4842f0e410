import { Buffer } from "node:buffer";
import type { Build } from "../domain/build.ts";
import { digest } from "../domain/digest/digest.ts";
import { type FoldedDigest, fold } from "../domain/digest/fold.ts";
import { pickLogs } from "../domain/digest/pick.ts";
import type { FailedTask, LogRange, LogText } from "../domain/digest/types.ts";
import type { Task, TaskId } from "../domain/koji.ts";
import type { TaskFiles } from "./task-files.ts";

/**
 * Why a build failed, arches of the same reason together. What cannot be fetched is left out: a failed build stays one,
 * whether its logs can be had or not.
 */
export async function explainFailure(
  { task, reason }: Build,
  files: TaskFiles,
  secrets: readonly string[],
): Promise<FoldedDigest[]> {
  if (task === null) return [];
  const failed = task.children.filter(({ state }) => state === "FAILED");
  if (failed.length === 0) return [];
  const perArch = await Promise.all(failed.map((child) => explainTask(child, reason, files, secrets)));
  return fold(perArch);
}

async function explainTask(child: Task, reason: string | null, files: TaskFiles, secrets: readonly string[]) {
  const arch = child.label ?? child.arch;
  const fault = (await files.fault(child.id).catch(() => null)) ?? reason;
  const task: FailedTask = { method: child.method, arch, fault };
  const logs = await fetchLogs(task, child.id, files).catch(() => []);
  return { arch, digest: digest(task, logs, secrets) };
}

async function fetchLogs(task: FailedTask, id: TaskId, files: TaskFiles): Promise<LogText[]> {
  const ranges = pickLogs(task, await files.list(id));
  return Promise.all(ranges.map((range) => fetchLog(id, range, files)));
}

async function fetchLog(id: TaskId, { name, offset, size }: LogRange, files: TaskFiles): Promise<LogText> {
  const parts: Buffer[] = [];
  for (let got = 0; got < size; ) {
    const part = await files.read(id, name, offset + got, size - got);
    if (part.length === 0) break;
    parts.push(part);
    got += part.length;
  }
  return { name, text: Buffer.concat(parts).toString("utf8"), whole: offset === 0 };
}
