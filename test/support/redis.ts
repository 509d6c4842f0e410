import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { type Certificate, createCa } from "./ca.ts";
import { type Daemon, startDaemon, withFreePorts } from "./daemon.ts";
import { makeTempDir, removeTempDir } from "./temp-dir.ts";

export interface RedisHost {
  readonly password: string;
  readonly port: number;
  /** Of a Sentinel that watches it as `mymaster`, with the same password. */
  readonly sentinelPort: number;
  /** Speaks TLS only, signed by `ca`. */
  readonly tlsPort: number;
  readonly ca: string;
  /** A cluster of one node. */
  readonly clusterPort: number;
  /** A command to the plain one. */
  call(command: string, ...args: readonly string[]): Promise<unknown>;
  /** What it holds is gone, as nothing is written to disk. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends all of them and removes what they left. */
  remove(): Promise<void>;
}

/** Debian's Redis on free ports of the loopback; whoever connects needs the password. */
export async function startRedis(): Promise<RedisHost> {
  const dir = await makeTempDir();
  const password = randomBytes(9).toString("hex");
  const ca = await createCa(dir, "redis");
  const certificate = await ca.issue("localhost", { server: true });
  return withFreePorts(4, async ([port = 0, tlsPort = 0, clusterPort = 0, sentinelPort = 0]) => {
    const plain = () => startServer(dir, password, { port });
    const others = [
      await startServer(dir, password, { port: 0, "tls-port": tlsPort, ...toTls(certificate, ca.cert) }),
      await startServer(dir, password, {
        port: clusterPort,
        "cluster-enabled": "yes",
        "cluster-announce-ip": "127.0.0.1",
      }),
    ];
    let server = await plain();
    const call = (command: string, ...args: readonly string[]) => ask({ port, password }, command, args);
    await ask({ port: clusterPort, password }, "cluster", ["addslotsrange", "0", "16383"]);
    while (!/state:ok/.test(String(await ask({ port: clusterPort, password }, "cluster", ["info"])))) await delay(50);
    others.push(await startSentinel(dir, password, port, sentinelPort));
    return {
      password,
      port,
      tlsPort,
      clusterPort,
      sentinelPort,
      ca: ca.cert,
      call,
      stop: () => server.stop(),
      async start() {
        server = await plain();
      },
      async remove() {
        for (const one of [server, ...others]) await one.stop();
        await removeTempDir(dir);
      },
    };
  });
}

function toTls({ cert, key }: Certificate, ca: string) {
  return { "tls-cert-file": cert, "tls-key-file": key, "tls-ca-cert-file": ca, "tls-auth-clients": "no" };
}

let started = 0;

async function startServer(
  dir: string,
  password: string,
  own: Readonly<Record<string, string | number>>,
): Promise<Daemon> {
  const name = `redis${++started}`;
  const settings = {
    bind: "127.0.0.1",
    dir,
    pidfile: join(dir, `${name}.pid`),
    logfile: join(dir, `${name}.log`),
    requirepass: password,
    save: "",
    appendonly: "no",
    "cluster-config-file": `${name}.nodes`,
    ...own,
  };
  return start(
    settings,
    Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]),
  );
}

/** It rewrites its configuration, which therefore has to be a file. */
async function startSentinel(dir: string, password: string, master: number, port: number): Promise<Daemon> {
  const file = join(dir, "sentinel.conf");
  const settings = { pidfile: join(dir, "sentinel.pid"), logfile: join(dir, "sentinel.log") };
  const lines = [
    ...Object.entries({ bind: "127.0.0.1", port, dir, requirepass: password, ...settings }),
    ["sentinel", `monitor mymaster 127.0.0.1 ${master} 1`],
    ["sentinel", `auth-pass mymaster ${password}`],
  ];
  await writeFile(file, lines.map((line) => `${line.join(" ")}\n`).join(""));
  return start(settings, [file, "--sentinel"]);
}

/** Its pid file lies there from the server before, and it is there before the port is open. */
async function start({ pidfile, logfile }: { pidfile: string; logfile: string }, args: string[]): Promise<Daemon> {
  return startDaemon({
    command: "redis-server",
    args: [...args, ...(args.includes("--sentinel") ? [] : ["--daemonize", "no"])],
    pidFile: pidfile,
    logFile: logfile,
  });
}

async function ask(
  server: { port: number; password: string },
  command: string,
  args: readonly string[],
): Promise<unknown> {
  const client = new Redis({ ...server, retryStrategy: () => null });
  client.on("error", () => undefined);
  try {
    for (const deadline = Date.now() + 5_000; ; await delay(20)) {
      try {
        return await client.call(command, ...args);
      } catch (error) {
        if (Date.now() > deadline || client.status !== "ready") throw error;
      }
    }
  } finally {
    client.disconnect();
  }
}
