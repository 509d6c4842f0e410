import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import { type Migration, type MigrationProvider, Migrator } from "kysely/migration";
import type { Tables } from "./schema.ts";

type Blob = "blob" | "bytea";

/** Every dialect runs the same steps. A step that shipped is never edited; the next one mends it. */
export async function migrate(db: Kysely<Tables>, blob: Blob): Promise<void> {
  const migrator = new Migrator({ db, provider: provider(blob), migrationTableName: "migration" });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

function provider(blob: Blob): MigrationProvider {
  const steps: Record<string, Migration> = { "0001-first": { up: (db) => first(db, blob) } };
  return { getMigrations: async () => steps };
}

async function first(db: Kysely<unknown>, blob: Blob): Promise<void> {
  await createDelivery(db, blob);
  await createMergeRequest(db);
  await createReceipt(db);
  await createBuild(db, blob);
  await createStatus(db);
  await createComment(db);
  await createSideTag(db);
  await createTagMacros(db);
  await createLease(db);
}

async function createDelivery(db: Kysely<unknown>, blob: Blob): Promise<void> {
  await db.schema
    .createTable("delivery")
    .addColumn("forge", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("received_at", "bigint", (c) => c.notNull())
    .addColumn("event", "text", (c) => c.notNull())
    .addColumn("repo", "text")
    .addColumn("author", "text")
    .addColumn("headers", "text", (c) => c.notNull())
    .addColumn("payload", blob, (c) => c.notNull())
    .addColumn("kept", "integer", (c) => c.notNull())
    .addColumn("summary", "text")
    .addColumn("waiting", "text")
    .addColumn("wake_at", "bigint")
    .addColumn("tries", "integer", (c) => c.notNull())
    .addColumn("ignored", "text")
    .addColumn("builds", "text", (c) => c.notNull())
    .addColumn("trace", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("delivery_pk", ["id", "forge"])
    .execute();
  await createDueIndex(db, "delivery");
  await db.schema.createIndex("delivery_newest").on("delivery").columns(["received_at", "id"]).execute();
  await db.schema.createIndex("delivery_kept").on("delivery").columns(["kept", "received_at"]).execute();
  for (const column of ["forge", "repo"] as const) await createNewestIndex(db, "delivery", column, "received_at");
}

async function createMergeRequest(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("merge_request")
    .addColumn("forge", "text", (c) => c.notNull())
    .addColumn("repo", "text", (c) => c.notNull())
    .addColumn("mr", "integer", (c) => c.notNull())
    .addColumn("head", "text")
    .addColumn("approved", "text")
    .addColumn("updated_at", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("merge_request_pk", ["forge", "repo", "mr"])
    .execute();
}

async function createReceipt(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("receipt")
    .addColumn("forge", "text", (c) => c.notNull())
    .addColumn("repo", "text", (c) => c.notNull())
    .addColumn("id", "text", (c) => c.notNull())
    .addColumn("answer", "text")
    .addColumn("reaction", "text", (c) => c.notNull())
    .addColumn("at", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("receipt_pk", ["forge", "repo", "id"])
    .execute();
}

async function createBuild(db: Kysely<unknown>, blob: Blob): Promise<void> {
  await db.schema
    .createTable("build")
    .addColumn("id", "text", (c) => c.notNull().primaryKey())
    .addColumn("revision", "integer", (c) => c.notNull())
    .addColumn("delivery", "text", (c) => c.notNull())
    .addColumn("phase", "text", (c) => c.notNull())
    .addColumn("forge", "text", (c) => c.notNull())
    .addColumn("repo", "text", (c) => c.notNull())
    .addColumn("sha", "text", (c) => c.notNull())
    .addColumn("hub", "text", (c) => c.notNull())
    .addColumn("target", "text", (c) => c.notNull())
    .addColumn("author", "text")
    .addColumn("origin", "text")
    // Searched by its beginning, which only means something in the order of bytes: SQLite has no other.
    .addColumn("nvr", blob === "bytea" ? sql`text collate "C"` : "text")
    .addColumn("request", "text", (c) => c.notNull())
    .addColumn("intent", "text")
    .addColumn("attempt", "integer", (c) => c.notNull())
    .addColumn("ending", "text")
    .addColumn("details", "text", (c) => c.notNull())
    .addColumn("pinned", "integer", (c) => c.notNull())
    .addColumn("task", "text")
    .addColumn("task_id", "bigint")
    .addColumn("task_state", "text")
    .addColumn("reason", "text")
    .addColumn("parked", "text")
    .addColumn("tries", "integer", (c) => c.notNull())
    .addColumn("wake_at", "bigint")
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("updated_at", "bigint", (c) => c.notNull())
    .addColumn("finished_at", "bigint")
    .execute();
  await createDueIndex(db, "build");
  await db.schema.createIndex("build_commit").on("build").columns(["sha", "repo"]).execute();
  await db.schema.createIndex("build_newest").on("build").columns(["created_at", "id"]).execute();
  for (const column of ["forge", "repo", "hub", "target", "author", "phase"] as const)
    await createNewestIndex(db, "build", column, "created_at");
  for (const column of ["updated_at", "task_id", "nvr"] as const)
    await db.schema.createIndex(`build_${column}`).on("build").column(column).execute();
  // Partial: a million finished builds cost the watcher nothing.
  await db.schema
    .createIndex("build_running")
    .on("build")
    .column("hub")
    .where(sql<boolean>`phase = 'running'`)
    .execute();
  await db.schema
    .createIndex("build_unfinished")
    .on("build")
    .columns(["hub", "target", "phase"])
    .where(sql<boolean>`finished_at is null`)
    .execute();
}

async function createStatus(db: Kysely<unknown>): Promise<void> {
  const table = db.schema
    .createTable("status")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("forge", "text", (c) => c.notNull())
    .addColumn("repo", "text", (c) => c.notNull())
    .addColumn("sha", "text", (c) => c.notNull())
    .addColumn("build", "text")
    .addColumn("optional", "integer", (c) => c.notNull())
    .addColumn("notices", "text")
    .addColumn("place", "text", (c) => c.notNull())
    .addColumn("context", "text", (c) => c.notNull())
    .addColumn("said", "text");
  await addOwed(table).execute();
  await createDueIndex(db, "status");
  await db.schema.createIndex("status_build").on("status").column("build").execute();
  await db.schema.createIndex("status_commit").on("status").columns(["sha", "repo"]).execute();
}

async function createComment(db: Kysely<unknown>): Promise<void> {
  const table = db.schema
    .createTable("comment")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("forge", "text", (c) => c.notNull())
    .addColumn("repo", "text", (c) => c.notNull())
    .addColumn("mr", "integer", (c) => c.notNull())
    .addColumn("comment", "text")
    .addColumn("said", "text");
  await addOwed(table).execute();
  await createDueIndex(db, "comment");
  await db.schema
    .createTable("comment_build")
    .addColumn("comment", "text", (c) => c.notNull())
    .addColumn("build", "text", (c) => c.notNull())
    .addColumn("seq", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("comment_build_pk", ["comment", "build"])
    .execute();
  await db.schema.createIndex("comment_build_build").on("comment_build").column("build").execute();
}

async function createSideTag(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("sidetag")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("revision", "integer", (c) => c.notNull())
    .addColumn("forge", "text", (c) => c.notNull())
    .addColumn("repo", "text", (c) => c.notNull())
    .addColumn("mr", "integer")
    .addColumn("ref", "text", (c) => c.notNull())
    .addColumn("hub", "text", (c) => c.notNull())
    .addColumn("base", "text", (c) => c.notNull())
    .addColumn("macros", "text", (c) => c.notNull())
    .addColumn("phase", "text", (c) => c.notNull())
    .addColumn("name", "text")
    .addColumn("intent", "text")
    .addColumn("reason", "text")
    .addColumn("tries", "integer", (c) => c.notNull())
    .addColumn("wake_at", "bigint")
    .addColumn("used_at", "bigint", (c) => c.notNull())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("updated_at", "bigint", (c) => c.notNull())
    .execute();
  await createDueIndex(db, "sidetag");
  await db.schema.createIndex("sidetag_mr").on("sidetag").columns(["forge", "repo", "mr"]).execute();
  // A side tag carries no mark of ours: two creations at once could not be told apart.
  await db.schema
    .createIndex("sidetag_creating")
    .unique()
    .on("sidetag")
    .columns(["hub", "base"])
    .where(sql<boolean>`intent is not null`)
    .execute();
  await db.schema
    .createTable("sidetag_build")
    .addColumn("sidetag", "text", (c) => c.notNull())
    .addColumn("build", "text", (c) => c.notNull())
    .addColumn("attempt", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("sidetag_build_pk", ["sidetag", "build"])
    .execute();
}

async function createTagMacros(db: Kysely<unknown>): Promise<void> {
  const table = db.schema
    .createTable("tag_macros")
    .addColumn("hub", "text", (c) => c.notNull())
    .addColumn("tag", "text", (c) => c.notNull())
    .addColumn("revision", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("tag_macros_pk", ["hub", "tag"]);
  const columns = ["saved", "confirmed", "wanted", "users"];
  await columns.reduce((all, column) => all.addColumn(column, "text", (c) => c.notNull()), table).execute();
}

async function createLease(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("lease")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("holder", "text", (c) => c.notNull())
    .addColumn("token", "bigint", (c) => c.notNull())
    .addColumn("nudges", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .execute();
}

function addOwed<T extends string, C extends string>(table: CreateTableBuilder<T, C>) {
  return table
    .addColumn("wanted", "integer", (c) => c.notNull())
    .addColumn("done", "integer", (c) => c.notNull())
    .addColumn("tries", "integer", (c) => c.notNull())
    .addColumn("wake_at", "bigint")
    .addColumn("outcome", "text")
    .addColumn("said_at", "bigint");
}

/** Each page of a filtered list goes on in the index where the last one ended. */
async function createNewestIndex(db: Kysely<unknown>, table: string, column: string, time: string): Promise<void> {
  await db.schema.createIndex(`${table}_${column}`).on(table).columns([column, time, "id"]).execute();
}

async function createDueIndex(db: Kysely<unknown>, table: string): Promise<void> {
  await db.schema.createIndex(`${table}_due`).on(table).column("wake_at").where("wake_at", "is not", null).execute();
}
