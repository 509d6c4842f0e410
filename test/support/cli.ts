import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The command as it stands in the sources; this Node runs them as they are. */
export const COMMAND = join(import.meta.dirname, "../../src/cli/kojibridge.ts");

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the first match in what it prints; rejects when it ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface Around {
  readonly cwd?: string;
  /** Beside PATH; nothing else of this process's is seen. */
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: string;
}

/** Halves what a start costs, and these tests start many. */
const COMPILED = join(tmpdir(), "kojibridge-test-compiled");

const children = new Set<ChildProcess>();
/** For `afterAll`: a failed test leaves nothing running. */
export function endAll(): void {
  for (const child of children) child.kill("SIGKILL");
}

export function start(args: readonly string[], { cwd, env, node = process.execPath }: Around = {}): Started {
  const child = spawn(node, ["--no-warnings", ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH: process.env.PATH ?? "", NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (chunk) => (output[name] += chunk));
  const ended = once(child, "close").then(([code]) => {
    children.delete(child);
    return { code, ...output };
  });
  const prints = async (pattern: RegExp) => {
    for (;;) {
      const found = pattern.exec(output.stdout);
      if (found !== null) return found;
      const last = await Promise.race([once(child.stdout, "data").then(() => null), ended]);
      if (last !== null)
        throw new Error(`ended with ${last.code} before it printed ${pattern}: ${JSON.stringify(last)}`);
    }
  };
  return { process: child, ended, prints };
}

/** `kojibridge ARGS`, to its end. */
export function run(args: readonly string[], around?: Around): Promise<Ended> {
  return start([COMMAND, ...args], around).ended;
}
