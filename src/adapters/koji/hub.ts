import type { Caller } from "./caller.ts";
import { type BuildCalls, createBuildCalls } from "./calls/build.ts";
import { type BuildRecordCalls, createBuildRecordCalls } from "./calls/builds.ts";
import { createMultiCalls, type MultiCalls } from "./calls/multi.ts";
import { createOutputCalls, type OutputCalls } from "./calls/output.ts";
import { createRepoCalls, type RepoCalls } from "./calls/repos.ts";
import { createSideTagCalls, type SideTagCalls } from "./calls/sidetags.ts";
import { createSystemCalls, type SystemCalls } from "./calls/system.ts";
import { createTagCalls, type TagCalls } from "./calls/tags.ts";
import { createTargetCalls, type TargetCalls } from "./calls/targets.ts";
import { createTaskCalls, type TaskCalls } from "./calls/tasks.ts";
import { type Connection, createConnection, type HubOptions } from "./connection.ts";
import { createUpload, type Upload } from "./upload.ts";

/** Every method of a hub this client speaks, typed; errors as in Caller. */
export type KojiCalls = SystemCalls &
  TargetCalls &
  TagCalls &
  SideTagCalls &
  RepoCalls &
  BuildCalls &
  BuildRecordCalls &
  TaskCalls &
  OutputCalls &
  MultiCalls;

export function createCalls(caller: Caller): KojiCalls {
  return {
    ...createSystemCalls(caller),
    ...createTargetCalls(caller),
    ...createTagCalls(caller),
    ...createSideTagCalls(caller),
    ...createRepoCalls(caller),
    ...createBuildCalls(caller),
    ...createBuildRecordCalls(caller),
    ...createTaskCalls(caller),
    ...createOutputCalls(caller),
    ...createMultiCalls(caller),
  };
}

/** One line of calls to a hub. `read` and `write` call any method, for those that have no type here. */
export interface KojiLine extends KojiCalls, Caller {
  readonly upload: Upload;
  /** Logs out. */
  close(): Promise<void>;
}

export interface KojiClient extends KojiLine {
  /** A second line of writes, on a subsession; it ends with the client. */
  branch(): KojiLine;
}

/** A client of one hub. Connects and logs in when the first call needs it. */
export function createClient(options: HubOptions): KojiClient {
  const connection = createConnection(options);
  const branch = (): KojiLine => {
    const line = connection.branch();
    return toLine(line, () => line.sessions.close());
  };
  return { ...toLine(connection, connection.close), branch };
}

function toLine({ caller, sessions }: Pick<Connection, "caller" | "sessions">, close: () => Promise<void>): KojiLine {
  return { ...caller, ...createCalls(caller), upload: createUpload(sessions, caller), close };
}
