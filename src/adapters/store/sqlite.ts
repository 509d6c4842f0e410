import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Store } from "../../ports/store.ts";
import { createBuildStore } from "./builds.ts";
import { createDueStore } from "./due.ts";
import { createInbox } from "./inbox.ts";
import { migrate } from "./migrations.ts";
import { createReportStore } from "./reports.ts";
import type { Tables } from "./schema.ts";

/**
 * `file` or `:memory:`. WAL with `synchronous=FULL`: an acknowledged delivery survives power loss.
 * @throws `invalid` when the file cannot be opened or is no database
 */
export async function openSqliteStore(file: string): Promise<Store> {
  const database = open(file);
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  await locked(database, () => migrate(db, "blob"));
  database.pragma("busy_timeout = 5000");
  return {
    ...createInbox(db),
    ...createBuildStore(db),
    ...createReportStore(db),
    ...createDueStore(db),
    close: () => db.destroy(),
  };
}

function open(file: string): Database.Database {
  try {
    const database = new Database(file);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    return database;
  } catch (cause) {
    throw new KojibridgeError("invalid", `database sqlite:${file} cannot be opened`, { cause });
  }
}

const LOCK_RETRY_MS = 20;

/**
 * Kysely's migrator takes no lock on SQLite, so two processes starting together would both create the tables. All of it
 * runs on this one connection, hence inside this one transaction. Waiting gives way to the event loop, since the holder
 * may be in this very process.
 */
async function locked(database: Database.Database, work: () => Promise<void>): Promise<void> {
  database.pragma("busy_timeout = 0");
  for (;;) {
    try {
      database.exec("BEGIN IMMEDIATE");
      break;
    } catch (error) {
      if (!(error instanceof Database.SqliteError) || error.code !== "SQLITE_BUSY") throw error;
      await setTimeout(LOCK_RETRY_MS);
    }
  }
  try {
    await work();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
