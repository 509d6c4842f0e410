import { didYouMean } from "../domain/suggest.ts";
import type { QueueConfig } from "./config.ts";

const ADDRESS = "redis://HOST:PORT";
export const QUEUE = `write local, or ${ADDRESS}`;

/** `rediss+sentinel://user@one:26379,two:26379/master?db=1`; no URL of the standards, which know one host only. */
const REDIS = /^(redis|rediss)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?]*)@)?([^@/?#]+)(?:\/([^/?#]*))?(?:\?([^#]*))?$/;
const NODE = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?))(?::(\d{1,5}))?$/;
const PORTS = { single: 6379, sentinel: 26379, cluster: 6379 } as const;

type RedisAddress = Pick<
  Extract<QueueConfig, { kind: "redis" }>,
  "mode" | "nodes" | "master" | "db" | "username" | "tls"
>;

/** Either kind of queue, or what is wrong with it. */
export function queueProblem(text: string): string | null {
  return text === "local" ? null : /^rediss?[+:]/.test(text) ? redisProblem(text) : QUEUE;
}

/** The text is never repeated: it may hold a password. */
export function redisProblem(text: string): string | null {
  const parts = REDIS.exec(text);
  if (parts === null) return `write ${ADDRESS}, redis+sentinel://HOST,HOST/MASTER or redis+cluster://HOST,HOST`;
  const [, , mode = "single", user = "", nodes = "", path = "", query = ""] = parts;
  const parameters = new URLSearchParams(query);
  if (user.includes(":") || parameters.has("password"))
    return "a password is never inline; write queue: { url: …, password: { env: NAME } }";
  const list = nodes.split(",");
  if (!list.every((node) => NODE.test(node))) return "write each server as HOST:PORT, with commas between them";
  if (mode === "single" && list.length > 1) return "several servers are redis+sentinel:// or redis+cluster://";
  if (mode === "sentinel" && path === "")
    return "the name of the master is missing; write redis+sentinel://HOST,HOST/MASTER";
  if (mode === "cluster" && path !== "") return "a cluster has no databases; remove what is behind the servers";
  if (mode === "single" && !/^\d{0,4}$/.test(path))
    return "write the number of the database behind the server, or nothing";
  return parameterProblem(mode, parameters);
}

function parameterProblem(mode: string, parameters: URLSearchParams): string | null {
  const known = mode === "sentinel" ? ["db"] : [];
  for (const name of parameters.keys())
    if (!known.includes(name)) return `unknown parameter${didYouMean(name, known)}; see the other keys of \`queue\``;
  const db = parameters.get("db");
  return db === null || /^\d{1,4}$/.test(db) ? null : "db is the number of a database";
}

/** Of a text that has no problem. */
export function parseRedis(text: string): RedisAddress {
  const [, scheme, kind = "single", user, nodes = "", path = "", query = ""] = REDIS.exec(text) ?? [];
  const mode = kind === "sentinel" || kind === "cluster" ? kind : "single";
  const db = mode === "sentinel" ? new URLSearchParams(query).get("db") : path;
  return {
    mode,
    tls: scheme === "rediss",
    username: user ? decodeURIComponent(user) : null,
    nodes: nodes.split(",").map((node) => {
      const [, six, host, port] = NODE.exec(node) ?? [];
      return { host: six ?? host ?? "", port: Number(port ?? PORTS[mode]) };
    }),
    master: mode === "sentinel" ? decodeURIComponent(path) : null,
    db: mode === "cluster" ? 0 : Number(db ?? 0),
  };
}
