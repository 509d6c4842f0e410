import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { type Daemon, startDaemon, withFreePorts } from "./daemon.ts";
import { postgresBinaries } from "./parts.ts";
import { makeTempDir, removeTempDir } from "./temp-dir.ts";

const run = promisify(execFile);

export interface Postgres {
  readonly password: string;
  /** `postgres://user@127.0.0.1:PORT/NAME` of a new, empty database. */
  createDatabase(): Promise<string>;
  /** Runs statements as the superuser, there or in the maintenance database. */
  query(statement: string, url?: string): Promise<Record<string, unknown>[]>;
  /** A session of its own, for transactions that stand in the way of others. */
  session(url: string): Promise<Client>;
  /** Resolves when so many in that database wait for a lock. */
  untilWaiting(url: string, count?: number): Promise<string>;
  /** Ends every session; what was committed is there after `start`, on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes all of it. */
  remove(): Promise<void>;
}

const USER = "kojibridge";

/** Debian's PostgreSQL on a free port of the loopback. Whoever connects needs the password. */
export async function startPostgres(): Promise<Postgres> {
  const dir = await makeTempDir();
  await chmod(dir, 0o777);
  const password = randomBytes(9).toString("hex");
  await createCluster(dir, password);
  let port = 0;
  let databases = 0;
  let daemon = await withFreePorts(1, ([free = 0]) => {
    port = free;
    return startServer(dir, port);
  });
  const session = async (url: string) => {
    const client = new Client({ connectionString: url.replace("@", `:${password}@`) });
    await client.connect();
    return client;
  };
  const query = async (statement: string, url = `postgres://${USER}@127.0.0.1:${port}/postgres`) => {
    const client = await session(url);
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  await untilOpen(query);
  return {
    password,
    query,
    session,
    async untilWaiting(url, count = 1) {
      const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      while ((await query(waiting, url)).length < count) await delay(10);
      return `${count} wait`;
    },
    async createDatabase() {
      const name = `k${++databases}`;
      await query(`create database ${name}`);
      return `postgres://${USER}@127.0.0.1:${port}/${name}`;
    },
    stop: () => daemon.stop(),
    async start() {
      daemon = await startServer(dir, port);
      await untilOpen(query);
    },
    async remove() {
      await daemon.stop();
      await removeTempDir(dir);
    },
  };
}

async function createCluster(dir: string, password: string): Promise<void> {
  const passwordFile = join(dir, "password");
  await writeFile(passwordFile, password);
  const options = ["-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"];
  const [command, ...args] = unprivileged("initdb", "-D", join(dir, "data"), "-U", USER, ...options);
  await run(command, args);
}

async function startServer(dir: string, port: number): Promise<Daemon> {
  const pidFile = join(dir, "pid");
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    external_pid_file: pidFile,
    deadlock_timeout: "200ms",
    autovacuum: "off",
    // what is committed survives its end, not the machine's
    fsync: "off",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const [command, ...args] = unprivileged("postgres", "-D", join(dir, "data"), ...options);
  return startDaemon({ command, args, pidFile, logFile: "", stopSignal: "SIGINT" });
}

/** It refuses to run as root. */
function unprivileged(program: string, ...args: readonly string[]): [string, ...string[]] {
  const path = join(postgresBinaries() ?? "", program);
  if (process.getuid?.() !== 0) return [path, ...args];
  // once more, since changing the user forgets it
  const become = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--pdeathsig", "INT"];
  return ["setpriv", ...become, path, ...args];
}

/** It listens some time before it lets anybody in. */
async function untilOpen(query: (statement: string) => Promise<unknown>): Promise<void> {
  for (const deadline = Date.now() + 10_000; ; await delay(20)) {
    try {
      return void (await query("select"));
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
