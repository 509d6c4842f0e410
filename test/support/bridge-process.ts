import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ENV, type TestWorlds } from "./worlds.ts";

/** A bridge in a process of its own, which can die like one. */
export interface BridgeProcess {
  readonly url: string;
  /** Resolves when it has died, of whatever. */
  readonly dead: Promise<void>;
  /** Ends it, and waits until it has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stands still until told to go on, wherever it is. */
  pause(): void;
  goOn(): void;
  /** Steps counted so far are printed by the process at each one. */
  readonly log: () => string;
}

const children = new Set<ChildProcess>();
/** For `afterEach`: a failed test leaves nothing running. */
export function killBridgeProcesses(): void {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
}

interface Options {
  readonly role?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** `dieAt`: SIGKILL itself at that step (see bridge-main.ts); 0 never. `counted`: only steps whose name has it. */
export async function startBridgeProcess(
  worlds: Pick<TestWorlds, "directory" | "yaml">,
  dieAt = 0,
  counted = "",
  { role = "all", env = {} }: Options = {},
): Promise<BridgeProcess> {
  const file = join(worlds.directory, "kojibridge.yaml");
  writeFileSync(file, worlds.yaml);
  const main = join(import.meta.dirname, "bridge-main.ts");
  const child = spawn(process.execPath, ["--no-warnings", main, file, String(dieAt), counted, role], {
    env: { ...process.env, ...ENV, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(child);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const dead = once(child, "exit").then(() => undefined);
  const url = await Promise.race([listening(child, () => output), dead.then(() => "")]);
  const kill = async (signal: NodeJS.Signals = "SIGKILL") => {
    child.kill(signal);
    await dead;
  };
  const pause = () => void child.kill("SIGSTOP");
  const goOn = () => void child.kill("SIGCONT");
  return { url, dead, kill, pause, goOn, log: () => output };
}

async function listening(child: ChildProcess, output: () => string): Promise<string> {
  for (;;) {
    const found = /"url":"(http:[^"]+)"/.exec(output());
    if (found?.[1] !== undefined) return found[1];
    if (child.stdout !== null) await once(child.stdout, "data");
  }
}
