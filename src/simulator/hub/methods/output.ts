import { Buffer } from "node:buffer";
import type { XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { modifiedAt, visibleContent } from "../builder/output.ts";
import type { Call, Core } from "../core.ts";
import { genericError, pythonError } from "../fault.ts";
import { str, toInt, truthy } from "../python.ts";
import { method } from "../registry.ts";
import type { OutputFile, TaskRow } from "../rows.ts";
import { toSeconds } from "../time.ts";
import type { Answer } from "../values.ts";

export const outputMethods = [
  method("listTaskOutput", "taskID, stat=False, all_volumes=False, strict=False", listTaskOutput),
  method("downloadTaskOutput", "taskID, fileName, offset=0, size=-1, volume=None", downloadTaskOutput),
];

/** A list of names; with `stat` or `all_volumes` a struct. Sizes are strings (transcript `listTaskOutput-stat`). */
function listTaskOutput(
  { core }: Call,
  key: XmlRpcValue,
  stat: XmlRpcValue,
  allVolumes: XmlRpcValue,
  strict: XmlRpcValue,
): Answer {
  const task = core.db.tasks.get(toInt(key));
  if (task === undefined && truthy(strict)) throw genericError("Task doesn't exist");
  const files = task === undefined ? [] : visibleFiles(core, task);
  if (!truthy(stat) && !truthy(allVolumes)) return files.map(({ file }) => file.name);
  return Object.fromEntries(
    files.map(({ file, content, task: owner }) => {
      const info = truthy(stat) ? statOf(core, owner, file, content) : ["DEFAULT"];
      return [file.name, truthy(stat) && truthy(allVolumes) ? { DEFAULT: info } : info];
    }),
  );
}

function statOf(core: Core, task: TaskRow, file: OutputFile, content: Uint8Array): Answer {
  const modified = toSeconds(modifiedAt(task, file, core.clock.now()));
  return { st_atime: toSeconds(file.from), st_ctime: modified, st_mtime: modified, st_size: String(content.length) };
}

function visibleFiles(core: Core, task: TaskRow): { file: OutputFile; content: Uint8Array; task: TaskRow }[] {
  const now = core.clock.now();
  return task.output.flatMap((file) => {
    const content = visibleContent(task, file, now);
    return content === undefined ? [] : [{ file, content, task }];
  });
}

export function readOutput(core: Core, id: number, name: string): Uint8Array | undefined {
  const task = core.db.tasks.get(id);
  return task === undefined ? undefined : visibleFiles(core, task).find(({ file }) => file.name === name)?.content;
}

/** Base64 text; a negative offset counts from the end and must not reach beyond the start (transcript `downloadTaskOutput-tail-too-far`). */
function downloadTaskOutput(
  { core }: Call,
  id: XmlRpcValue,
  name: XmlRpcValue,
  offset: XmlRpcValue,
  size: XmlRpcValue,
): Answer {
  const length = toInt(size);
  const fileName = str(name);
  if (fileName.includes("..")) throw genericError(`Invalid file name: ${fileName}`);
  const content = readOutput(core, toInt(id), fileName);
  if (content === undefined) throw genericError(`no file "${fileName}" output by task ${str(id)}`);
  let start = offset === null ? 0 : toInt(offset);
  if (start < 0) start += content.length;
  if (start < 0) throw pythonError("OSError", "[Errno 22] Invalid argument");
  return Buffer.from(content.subarray(start, length < 0 ? undefined : start + length)).toString("base64");
}
