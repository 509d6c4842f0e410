import { join } from "node:path";
import { endAll } from "../support/cli.ts";
import { startPostgres } from "../support/postgres.ts";
import { startRedis } from "../support/redis.ts";
import { openWorldsFor } from "../support/stories.ts";
import { startFleet } from "./fleet.ts";
import type { Plan } from "./plan.ts";
import { askPostgres, askSqlite, createRecords, type Records } from "./records.ts";
import { RULES } from "./stories.ts";
import type { Victims } from "./troubles.ts";

export interface Stage extends Victims {
  readonly records: Records;
  close(): Promise<void>;
}

/** Hub, forges, and the bridge with what it runs on. */
export async function openStage(plan: Plan, many: boolean): Promise<Stage> {
  const worlds = await openWorldsFor(plan.happenings, { speed: 20, rules: RULES, pollInterval: "500ms" });
  const servers = many ? await startServers() : null;
  const url = servers === null ? "" : await servers.postgres.createDatabase();
  const database = servers === null ? null : { url, password: servers.postgres.password };
  const lines =
    servers === null
      ? ""
      : `database: { url: "${url}", password: { env: CHAOS_DATABASE } }
queue: { url: "redis://127.0.0.1:${servers.redis.port}", password: { env: CHAOS_QUEUE } }
`;
  const fleet = await startFleet({
    directory: worlds.directory,
    yaml: `${worlds.yaml}\n${lines}`,
    env: database === null ? {} : { CHAOS_DATABASE: database.password, CHAOS_QUEUE: servers?.redis.password ?? "" },
    roles: many ? ["web", "web", "worker", "worker", "worker"] : ["all"],
  });
  const file = join(worlds.directory, "kojibridge.db");
  const records = createRecords(servers === null ? askSqlite(file) : askPostgres(servers.postgres, url));
  return {
    ...{ worlds, fleet, servers, records },
    async close() {
      endAll();
      await Promise.all([servers?.postgres.remove(), servers?.redis.remove(), worlds.close()]);
    },
  };
}

async function startServers() {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  return { postgres, redis };
}
