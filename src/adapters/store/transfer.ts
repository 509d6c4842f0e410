import { type Kysely, type RawBuilder, sql } from "kysely";
import { KojibridgeError } from "../../domain/errors.ts";
import { addRows, type Digest, NOTHING, type Row } from "./digest.ts";
import type { Tables } from "./schema.ts";

/** A database that nobody else writes to, its schema up to date. */
export interface Alone {
  transaction<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Table {
  readonly name: keyof Tables;
  readonly key: readonly string[];
  /** Rows that are in memory at a time; a payload may have 25 MB. */
  readonly batch: number;
}

export const TABLES: readonly Table[] = [
  { name: "delivery", key: ["id", "forge"], batch: 20 },
  { name: "merge_request", key: ["forge", "repo", "mr"], batch: 500 },
  { name: "receipt", key: ["forge", "repo", "id"], batch: 500 },
  { name: "build", key: ["id"], batch: 500 },
  { name: "status", key: ["id"], batch: 500 },
  { name: "comment", key: ["id"], batch: 500 },
  { name: "comment_build", key: ["comment", "build"], batch: 500 },
  { name: "sidetag", key: ["id"], batch: 500 },
  { name: "tag_macros", key: ["hub", "tag"], batch: 500 },
  { name: "sidetag_build", key: ["sidetag", "build"], batch: 500 },
  { name: "lease", key: ["name"], batch: 500 },
];

export interface Moved {
  /** False: it was all there already. */
  readonly moved: boolean;
  readonly rows: Readonly<Record<string, number>>;
}

export type Progress = (table: string, done: number, total: number) => void;

/**
 * Copies every row, reads the copy back and compares, in one transaction: an interrupted run leaves the target as empty as
 * it was.
 * @throws `invalid` when the target holds anything but exactly this
 */
export function transfer(from: Alone, to: Alone, progress: Progress): Promise<Moved> {
  return from.transaction((source) =>
    to.transaction(async (target) => {
      const moved = await isEmpty(target);
      const rows: Record<string, number> = {};
      for (const table of TABLES) {
        const wanted = moved ? await copy(source, target, table, progress) : await digest(source, table);
        const found = await digest(target, table);
        if (found.rows !== wanted.rows || found.sum !== wanted.sum) throw different(moved, table, wanted, found);
        rows[table.name] = found.rows;
      }
      return { moved, rows };
    }),
  );
}

function different(moved: boolean, { name }: Table, wanted: Digest, found: Digest): KojibridgeError {
  if (!moved) return new KojibridgeError("invalid", "the target is not empty; move into a new database");
  const context = { table: name, wanted: wanted.rows, found: found.rows };
  return new KojibridgeError("bug", `the copy of table ${name} is not what was copied; nothing was kept`, { context });
}

async function isEmpty(db: Kysely<Tables>): Promise<boolean> {
  for (const { name } of TABLES) if ((await count(db, name)) > 0) return false;
  return true;
}

async function copy(source: Kysely<Tables>, target: Kysely<Tables>, table: Table, progress: Progress): Promise<Digest> {
  const total = await count(source, table.name);
  let done = NOTHING;
  progress(table.name, 0, total);
  for await (const rows of batches(source, table)) {
    await insert(target, table.name, rows);
    done = addRows(done, rows);
    progress(table.name, done.rows, total);
  }
  return done;
}

async function digest(db: Kysely<Tables>, table: Table): Promise<Digest> {
  let done = NOTHING;
  for await (const rows of batches(db, table)) done = addRows(done, rows);
  return done;
}

/** In the order of the key, each batch after the last row of the one before. */
async function* batches(db: Kysely<Tables>, { name, key, batch }: Table): AsyncGenerator<readonly Row[]> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  let rest: RawBuilder<unknown> = sql``;
  for (;;) {
    const { rows } = await sql<Row>`
      select * from ${sql.table(name)} ${rest} order by ${columns} limit ${sql.lit(batch)}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    rest = sql`where (${columns}) > (${sql.join(key.map((column) => last[column]))})`;
  }
}

async function insert(db: Kysely<Tables>, name: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  await sql`insert into ${sql.table(name)} (${names}) values ${sql.join(values)}`.execute(db);
}

async function count(db: Kysely<Tables>, name: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(db);
  return rows[0]?.n ?? 0;
}
