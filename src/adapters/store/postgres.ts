import { setTimeout } from "node:timers/promises";
import { Kysely, PostgresDialect, sql } from "kysely";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Store } from "../../ports/store.ts";
import { createAlone } from "./group.ts";
import { migrate } from "./migrations.ts";
import type { PostgresServer } from "./postgres-address.ts";
import { createPool, type PoolLimits } from "./postgres-pool.ts";
import type { Tables } from "./schema.ts";
import { createStore } from "./store.ts";
import { type Alone, TABLES } from "./transfer.ts";

const NAME = "kojibridge";
const USUAL: PoolLimits = { name: NAME, connections: 10, statementMs: 30_000 };
/** Whoever moves a database, or changes its schema, takes its time. */
const UNHURRIED: PoolLimits = { name: "kojibridge migrate", connections: 1, statementMs: null };

/**
 * The schema is brought up to date first, by one process while the others wait. Losing the server is `transient`; the next
 * call connects again.
 * @throws `auth`, `invalid` (no such database), `transient` (unreachable)
 */
export async function openPostgresStore(server: PostgresServer): Promise<Store> {
  const setup = await openUpToDate(server);
  await setup.destroy();
  const db = connect(server, USUAL);
  return createStore(db, CLOCK, createAlone(db));
}

/** The server's, and not that of when a transaction began. */
const CLOCK = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

const LOCK_MS = 5_000;

/** For moving a database: nobody else works with it, or it is `invalid`. */
export async function openPostgresAlone(server: PostgresServer): Promise<Alone> {
  const db = await openUpToDate(server);
  return {
    close: () => db.destroy(),
    transaction: (work) =>
      db.transaction().execute(async (tx) => {
        await sql`set local lock_timeout = ${sql.lit(LOCK_MS)}`.execute(tx);
        await sql`lock table ${sql.join(TABLES.map(({ name }) => sql.table(name)))} in exclusive mode`.execute(tx);
        await refuseCompany(tx);
        return work(tx);
      }),
  };
}

async function openUpToDate(server: PostgresServer): Promise<Kysely<Tables>> {
  const db = connect(server, UNHURRIED);
  try {
    await migrate(db, "bytea");
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

function connect(server: PostgresServer, limits: PoolLimits): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: createPool(server, limits) }) });
}

const GOODBYE_MS = 1_000;

/** A server that was just left still lists that connection for a moment. */
async function refuseCompany(db: Kysely<Tables>): Promise<void> {
  const others = sql`select from pg_stat_activity where datname = current_database() and application_name = ${NAME}`;
  for (const deadline = Date.now() + GOODBYE_MS; ; await setTimeout(50)) {
    if ((await others.execute(db)).rows.length === 0) return;
    if (Date.now() > deadline)
      throw new KojibridgeError("invalid", "kojibridge works with this Postgres database; stop it first");
  }
}
