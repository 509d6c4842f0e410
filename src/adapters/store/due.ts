import { type Kysely, sql } from "kysely";
import type { Key } from "../../ports/queue.ts";
import type { DueStore } from "../../ports/store.ts";
import type { Tables } from "./schema.ts";

const LANES = [
  ["delivery", "forge"],
  ["build", "hub"],
  ["status", "forge"],
  ["comment", "forge"],
  ["sidetag", "hub"],
] as const;

export function createDueStore(db: Kysely<Tables>): DueStore {
  return {
    async due(now, limit) {
      const keys: Key[] = [];
      for (const [kind, lane] of LANES) {
        const rows = await db
          .selectFrom(kind)
          .select(["id", sql.ref<string>(lane).as("lane")])
          .where("wake_at", "is not", null)
          .where("wake_at", "<=", now)
          .orderBy("wake_at")
          .limit(limit)
          .execute();
        for (const { id, lane } of rows) keys.push({ kind, id: kind === "delivery" ? `${lane} ${id}` : id, lane });
      }
      return keys;
    },
  };
}
