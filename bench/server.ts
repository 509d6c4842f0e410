import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Server {
  readonly child: ChildProcess;
  readonly url: string;
}

/** A server in a process of its own, which prints `{"url": "http://…"}` when it listens. */
export async function startServer(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await listening(createInterface({ input: child.stdout }));
  // Read on, so that nobody waits for a full pipe.
  child.stdout.resume();
  return { child, url };
}

async function listening(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const url = /"url":"(http:[^"]+)"/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("a server ended early");
}
