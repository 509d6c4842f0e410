import { type Kysely, sql } from "kysely";
import type { Archive } from "../../ports/retention.ts";
import { forgetBuilds } from "./forget-builds.ts";
import { KEPT, pack } from "./payload.ts";
import type { Tables } from "./schema.ts";

/** `shrink` is the dialect's own. */
export function createArchive(db: Kysely<Tables>, shrink: () => Promise<void>): Archive {
  return {
    shrink,
    async pack(before, limit) {
      const rows = await oldest(db, KEPT.whole, before, limit).select("payload").execute();
      for (const { id, forge, payload } of rows) await keep(db, { id, forge }, KEPT.packed, pack(payload));
      return rows.length;
    },
    async forget(kind, before, limit) {
      if (kind === "build") return forgetBuilds(db, before, limit);
      return kind === "delivery" ? forgetDeliveries(db, before, limit) : forgetPayloads(db, before, limit);
    },
    async nthNewest(kind, count) {
      const time = sql.ref<number>(kind === "build" ? "created_at" : "received_at");
      const query = db.selectFrom(kind).select(time.as("at")).orderBy(time, "desc");
      return (
        (
          await query
            .offset(count - 1)
            .limit(1)
            .executeTakeFirst()
        )?.at ?? null
      );
    },
  };
}

interface Id {
  readonly id: string;
  readonly forge: string;
}

/** Whose payload is kept so; what waits for its forge is needed as it is. */
function oldest(db: Kysely<Tables>, kept: number, before: number, limit: number) {
  return db
    .selectFrom("delivery")
    .select(["id", "forge"])
    .where("kept", "=", kept)
    .where("received_at", "<", before)
    .where("waiting", "is", null)
    .orderBy("received_at")
    .limit(limit);
}

async function keep(db: Kysely<Tables>, { id, forge }: Id, kept: number, payload: Buffer): Promise<void> {
  await db.updateTable("delivery").set({ kept, payload }).where("id", "=", id).where("forge", "=", forge).execute();
}

async function forgetPayloads(db: Kysely<Tables>, before: number, limit: number): Promise<number> {
  const rows = await oldest(db, KEPT.packed, before, limit).execute();
  for (const row of rows) await keep(db, row, KEPT.gone, Buffer.alloc(0));
  return rows.length;
}

/** With the comments and buttons of that time: after so long no forge delivers them once more. */
async function forgetDeliveries(db: Kysely<Tables>, before: number, limit: number): Promise<number> {
  await db.deleteFrom("receipt").where("at", "<", before).execute();
  const over = db
    .selectFrom("delivery")
    .select("delivery.id")
    .where("received_at", "<", before)
    .where("waiting", "is", null)
    .where("delivery.id", "not in", db.selectFrom("build").select("build.delivery").where(unfinished))
    .orderBy("received_at")
    .limit(limit);
  const result = await db
    .deleteFrom("delivery")
    .where("received_at", "<", before)
    .where("waiting", "is", null)
    .where("id", "in", over)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** A literal, so that the planner sees the partial index. */
const unfinished = sql<boolean>`finished_at is null`;
