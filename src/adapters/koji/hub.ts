import type { Caller } from "./caller.ts";
import { type BuildCalls, createBuildCalls } from "./calls/build.ts";
import { createMultiCalls, type MultiCalls } from "./calls/multi.ts";
import { createOutputCalls, type OutputCalls } from "./calls/output.ts";
import { createSystemCalls, type SystemCalls } from "./calls/system.ts";
import { createTargetCalls, type TargetCalls } from "./calls/targets.ts";
import { createTaskCalls, type TaskCalls } from "./calls/tasks.ts";
import { createConnection, type HubOptions } from "./connection.ts";

/** Every method of a hub this client speaks, typed; errors as in Caller. */
export type KojiCalls = SystemCalls & TargetCalls & TaskCalls & OutputCalls & BuildCalls & MultiCalls;

export type KojiClient = KojiCalls &
  Caller & {
    /** Logs out and lets go of every socket. */
    close(): Promise<void>;
  };

export function createCalls(caller: Caller): KojiCalls {
  return {
    ...createSystemCalls(caller),
    ...createTargetCalls(caller),
    ...createTaskCalls(caller),
    ...createOutputCalls(caller),
    ...createBuildCalls(caller),
    ...createMultiCalls(caller),
  };
}

/** A client of one hub. Connects and logs in when the first call needs it. */
export function createClient(options: HubOptions): KojiClient {
  const { caller, close } = createConnection(options);
  return { ...caller, ...createCalls(caller), close };
}
