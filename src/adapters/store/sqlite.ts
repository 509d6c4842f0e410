import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";
import { Kysely, type SqliteDatabase, SqliteDialect, sql } from "kysely";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Store } from "../../ports/store.ts";
import { createGroup } from "./group.ts";
import { migrate } from "./migrations.ts";
import type { Tables } from "./schema.ts";
import { createStore } from "./store.ts";
import type { Alone } from "./transfer.ts";

/**
 * `file` or `:memory:`. WAL with `synchronous=FULL`: an acknowledged delivery survives power loss.
 * @throws `invalid` when the file cannot be opened or is no database
 */
export async function openSqliteStore(file: string): Promise<Store> {
  const database = open(file, "NORMAL");
  const shrink = async () => void database.pragma(`incremental_vacuum(${PAGES_AT_A_TIME})`);
  const db = await openUpToDate(database);
  return createStore(db, CLOCK, createGroup(db), shrink);
}

/** 4 MiB at most: some 10 ms. */
const PAGES_AT_A_TIME = 1_000;

/** That of the machine: a SQLite file has the processes of one. */
const CLOCK = sql<number>`cast(unixepoch('subsec') * 1000 as integer)`;

/** For moving a database: nobody else has it open until it is closed, or it is `invalid`. */
export async function openSqliteAlone(file: string): Promise<Alone> {
  const db = await openUpToDate(open(file, "EXCLUSIVE"));
  return { transaction: (work) => db.transaction().execute(work), close: () => db.destroy() };
}

async function openUpToDate(database: Database.Database): Promise<Kysely<Tables>> {
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: withStatementsKept(database) }) });
  await locked(database, () => migrate(db, "blob"));
  database.pragma("busy_timeout = 5000");
  return db;
}

/** Different statements a process runs are few, unless their lists differ in length. */
const MOST_STATEMENTS = 200;

/** Kysely prepares every statement each time; preparing costs more than running most of ours. */
function withStatementsKept(database: Database.Database): SqliteDatabase {
  const kept = new Map<string, Database.Statement>();
  return {
    prepare(sql) {
      let statement = kept.get(sql);
      if (statement === undefined) {
        if (kept.size >= MOST_STATEMENTS) kept.clear();
        statement = database.prepare(sql);
        kept.set(sql, statement);
      }
      return statement;
    },
    close: () => void database.close(),
  };
}

function open(file: string, locking: "NORMAL" | "EXCLUSIVE"): Database.Database {
  try {
    const isNew = !existsSync(file);
    const database = new Database(file, { timeout: locking === "EXCLUSIVE" ? 1_000 : 5_000 });
    // Before WAL is begun: in exclusive mode SQLite refuses a file that others have open, and they refuse it then.
    database.pragma(`locking_mode = ${locking}`);
    // Counts in a new file only; an older one keeps its free pages, and uses them again.
    if (isNew) database.pragma("auto_vacuum = INCREMENTAL");
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    // 16 MiB instead of 4: payloads are what fills the log, and moving it into the database stops everything else.
    database.pragma("wal_autocheckpoint = 4000");
    return database;
  } catch (cause) {
    const words = isBusy(cause) ? "is in use; stop kojibridge first" : "cannot be opened";
    throw new KojibridgeError("invalid", `database sqlite:${file} ${words}`, { cause });
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === "SQLITE_BUSY";
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
      if (!isBusy(error)) throw error;
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
