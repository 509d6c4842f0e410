import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import { type CustomTypesConfig, Pool, types } from "pg";
import type { KojibridgeError } from "../../domain/errors.ts";
import { type PostgresServer, toClientConfig, withoutParameters } from "./postgres-address.ts";
import { endsSession, toStoreError } from "./postgres-errors.ts";

export interface PoolLimits {
  /** What `pg_stat_activity` calls us. */
  readonly name: string;
  readonly connections: number;
  /** How long a statement may take; null: as long as it wants. */
  readonly statementMs: number | null;
}

const CONNECT_MS = 10_000;
const IDLE_MS = 30_000;
/** For a server that cannot even say that the time is up. */
const SILENCE_MS = 5_000;

const INT8 = 20;

/** Only on our own connections: times and task ids are far below 2^53. */
const OUR_TYPES: CustomTypesConfig = {
  getTypeParser: (id: number, format?: "text" | "binary") =>
    id === INT8 ? Number : types.getTypeParser(id, format ?? "text"),
};

/** Connections that say what a caller does next; one that was lost is not used again, and the next call makes another. */
export function createPool(server: PostgresServer, { name, connections, statementMs }: PoolLimits): PostgresPool {
  const title = withoutParameters(server.url);
  const pool = new Pool({
    ...toClientConfig(server),
    application_name: name,
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    types: OUR_TYPES,
    ...(statementMs === null ? {} : { query_timeout: statementMs + SILENCE_MS }),
    // Not at connecting: PgBouncer refuses start-up parameters it does not know.
    onConnect: (client) => client.query(`set statement_timeout = ${statementMs ?? 0}`),
  });
  // Whoever runs a statement gets the error. These are for those nobody waits for, which would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      try {
        return withKinds(await pool.connect(), title);
      } catch (error) {
        throw toStoreError(error, title);
      }
    },
  };
}

function withKinds(client: PostgresPoolClient, title: string): PostgresPoolClient {
  let lost: KojibridgeError | null = null;

  async function run<R>(sql: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (lost !== null) throw lost;
    try {
      return await client.query<R>(sql, values);
    } catch (cause) {
      const error = toStoreError(cause, title);
      if (endsSession(cause)) lost = error;
      throw error;
    }
  }
  const release = () => client.release(lost !== null);
  return { query: run as PostgresPoolClient["query"], release };
}
