import { type BridgeProcess, startBridgeProcess } from "./bridge-process.ts";
import type { Postgres } from "./postgres.ts";
import type { RedisHost } from "./redis.ts";
import type { TestWorlds } from "./worlds.ts";

export interface Fleet {
  start(role: "all" | "web" | "worker"): Promise<BridgeProcess>;
  /** Those of its processes that hold the lease now, as their logs say. */
  holders(lease: string): BridgeProcess[];
}

let fleets = 0;

/** Processes that share a database of that Postgres, and keys of that Redis. */
export async function openFleet(worlds: TestWorlds, postgres: Postgres, redis: RedisHost): Promise<Fleet> {
  const members: BridgeProcess[] = [];
  const yaml = `${worlds.yaml}
database: { url: "${await postgres.createDatabase()}", password: { env: TEST_DATABASE_PASSWORD } }
queue: { url: "redis://127.0.0.1:${redis.port}", prefix: fleet${++fleets}, password: { env: TEST_QUEUE_PASSWORD } }
`;
  const env = { TEST_DATABASE_PASSWORD: postgres.password, TEST_QUEUE_PASSWORD: redis.password };
  return {
    async start(role) {
      const member = await startBridgeProcess({ ...worlds, yaml }, 0, "", { role, env });
      members.push(member);
      return member;
    },
    holders: (lease) => members.filter((member) => holds(member.log(), lease)),
  };
}

function holds(log: string, lease: string): boolean {
  const words = log.split("\n").filter((line) => line.includes(`"lease":"${lease}"`));
  return /lease taken/.test(words.at(-1) ?? "");
}
