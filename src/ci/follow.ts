import { StringDecoder } from "node:string_decoder";
import type { Build } from "../domain/build.ts";
import type { TaskId } from "../domain/koji.ts";
import { archOf } from "../domain/report.ts";
import type { TaskFiles } from "./task-files.ts";

export interface Follower {
  /** Prints what has come since the last time; what cannot be read now is read the next time. */
  next(builds: readonly Build[]): Promise<void>;
}

/** Of a log that is far ahead only the end is shown: it is a view, the whole is on the hub. */
const MOST = 64 * 1024;

interface Position {
  offset: number;
  rest: string;
  readonly decoder: StringDecoder;
}

/** The running build.logs, line by line, each with its arch in front. */
export function createFollower(
  filesOf: (hub: string) => TaskFiles,
  print: (arch: string, line: string) => void,
): Follower {
  const positions = new Map<TaskId, Position>();

  async function follow(task: TaskId, arch: string, files: TaskFiles): Promise<void> {
    const size = (await files.list(task)).find(({ name }) => name === "build.log")?.size ?? 0;
    const position = positions.get(task) ?? { offset: 0, rest: "", decoder: new StringDecoder("utf8") };
    positions.set(task, position);
    if (size <= position.offset) return;
    if (size - position.offset > MOST) {
      print(arch, `… ${size - position.offset - MOST} bytes left out`);
      position.offset = size - MOST;
      position.rest = "";
    }
    const part = await files.read(task, "build.log", position.offset, size - position.offset);
    position.offset += part.length;
    const lines = (position.rest + position.decoder.write(part)).split("\n");
    position.rest = lines.pop() ?? "";
    for (const line of lines) print(arch, line);
  }

  return {
    async next(builds) {
      for (const { task, request } of builds)
        for (const child of task?.children ?? [])
          if (child.state === "OPEN" || positions.has(child.id))
            await follow(child.id, archOf(child), filesOf(request.hub)).catch(() => undefined);
    },
  };
}
