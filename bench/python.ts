import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

/** Debian's is the fastest build of it around, hence the harder peer. */
const PYTHON = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

/** A Python program that is spoken to line by line. */
export interface Python extends AsyncDisposable {
  send(line: string): void;
  next(): Promise<string>;
}

/** @param script path of a program next to this file */
export async function startPython(script: string, args: readonly string[]): Promise<Python> {
  const child: ChildProcess = spawn(PYTHON, [new URL(script, import.meta.url).pathname, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child, "spawn");
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("python3 without pipes");
  const gone = once(child, "exit");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    send: (line) => void stdin.write(`${line}\n`),
    async next() {
      const line = await lines.next();
      if (line.done === true) throw new Error(`${script} ended early`);
      return line.value;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await gone;
    },
  };
}
