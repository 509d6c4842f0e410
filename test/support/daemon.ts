import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A server of another project, running as long as a test needs it. */
export interface Daemon {
  stop(): Promise<void>;
}

export interface DaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it takes as a request to end now; SIGTERM, unless it waits for its clients then. */
  readonly stopSignal?: "SIGTERM" | "SIGINT";
  /** It writes this file once it listens. */
  readonly pidFile: string;
  /** What it has to say when it does not start. */
  readonly logFile: string;
}

/** Starts it in the foreground, to end with this process even if that is killed. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { stopSignal = "SIGTERM" } = options;
  const child = spawn("setpriv", ["--pdeathsig", stopSignal.slice(3), options.command, ...options.args], {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...options.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const exited = once(child, "exit");
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  const stop = async (): Promise<void> => {
    if (running()) child.kill(stopSignal);
    await exited;
  };
  for (const deadline = Date.now() + 10_000; ; await delay(20)) {
    if ((await readText(options.pidFile)) !== "") return { stop };
    if (running() && Date.now() < deadline) continue;
    await stop();
    throw new Error(`${options.command} did not start: ${said}${await readText(options.logFile)}`);
  }
}

/** The file's content; empty if there is none. */
export async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

/** Ports that were free a moment ago; `start` is tried again with others if one of them was taken meanwhile. */
export async function withFreePorts<T>(count: number, start: (ports: readonly number[]) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await findFreePorts(count));
    } catch (error) {
      if (attempt === 3 || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
