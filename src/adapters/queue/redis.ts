import { readFileSync } from "node:fs";
import { Cluster, Redis } from "ioredis";
import { explain, KojibridgeError } from "../../domain/errors.ts";
import type { Log } from "../../ports/runtime.ts";

export interface RedisServer {
  readonly mode: "single" | "sentinel" | "cluster";
  /** The server, the Sentinels, or some nodes of the cluster. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** What the Sentinels call the master; null in other modes. */
  readonly master: string | null;
  readonly db: number;
  readonly username: string | null;
  readonly password: string | null;
  readonly sentinelPassword: string | null;
  readonly tls: boolean;
  /** PEM file; null: the authorities Node.js knows. */
  readonly ca: string | null;
  /** What every key of ours starts with. */
  readonly prefix: string;
}

export type Connection = Redis | Cluster;

const RETRY_MS = 1_000;
const CONNECT_MS = 5_000;
const ANSWER_MS = 5_000;

/**
 * `wake` gives up at once when Redis is away, since waking again costs nothing; `work` waits for it, as BullMQ's workers
 * demand. Neither connects again, nor does a copy BullMQ makes of it, once `isOver`.
 * @throws `invalid` when the `ca` cannot be read
 */
export function connect(server: RedisServer, purpose: "wake" | "work", isOver: () => boolean): Connection {
  const retry = () => (isOver() ? null : RETRY_MS);
  const waits = purpose === "work";
  const { host = "localhost", port = 6379 } = server.nodes[0] ?? {};
  const options = {
    ...toOptions(server),
    maxRetriesPerRequest: waits ? null : 0,
    ...(waits ? {} : { commandTimeout: ANSWER_MS }),
  };
  const enableOfflineQueue = waits;
  switch (server.mode) {
    case "single":
      return new Redis({ ...options, enableOfflineQueue, host, port, db: server.db, retryStrategy: retry });
    case "sentinel":
      return new Redis({
        ...options,
        ...toSentinels(server),
        enableOfflineQueue,
        retryStrategy: retry,
        sentinelRetryStrategy: retry,
      });
    case "cluster":
      return new Cluster([...server.nodes], {
        redisOptions: options,
        clusterRetryStrategy: retry,
        enableOfflineQueue,
        // Its nodes tell addresses; a certificate has the name.
        ...(server.tls ? { dnsLookup: (address, done) => done(null, address) } : {}),
      });
  }
}

function toOptions({ username, password, tls, ca }: RedisServer) {
  return {
    connectTimeout: CONNECT_MS,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: ca === null ? {} : { ca: readCa(ca) } } : {}),
  };
}

function toSentinels({ nodes, master, db, sentinelPassword, tls, ca }: RedisServer) {
  return {
    sentinels: [...nodes],
    name: master ?? "",
    db,
    ...(sentinelPassword === null ? {} : { sentinelPassword }),
    ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: ca === null ? {} : { ca: readCa(ca) } } : {}),
  };
}

function readCa(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new KojibridgeError("invalid", `the queue's ca ${file} cannot be read`, { cause });
  }
}

/** Says once that it goes, and once that it is back, however often it is tried in between. */
export function tellOnce(connection: Connection, log: Log, isOver: () => boolean): void {
  let away = false;
  let reason = "";
  connection.on("error", (error: Error) => {
    reason = explain(error);
  });
  connection.on("close", () => {
    if (away || isOver()) return;
    away = true;
    log.warn({ error: reason }, "redis is away; what is due waits in the database");
  });
  connection.on("ready", () => {
    if (away) log.info({}, "redis is back");
    away = false;
    reason = "";
  });
}
