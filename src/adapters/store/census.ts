import { type Kysely, sql } from "kysely";
import type { Phase } from "../../domain/build.ts";
import type { Census, CensusTaker } from "../../ports/census.ts";
import type { Tables } from "./schema.ts";

const KINDS = ["delivery", "build", "status", "comment"] as const;

/** Postgres counts in bigint, which pg hands over as text. */
const count = sql<number | string>`count(*)`.as("count");

export function createCensusTaker(db: Kysely<Tables>): CensusTaker {
  return {
    async census(now): Promise<Census> {
      const due = [];
      for (const kind of KINDS) due.push({ kind, count: await countDue(db, kind, now) });
      return { builds: await countBuilds(db), due, oldestOwed: await oldestOwed(db) };
    },
  };
}

async function countBuilds(db: Kysely<Tables>): Promise<Census["builds"]> {
  const rows = await db
    .selectFrom("build")
    .select(["hub", "target", "phase", count])
    .where("finished_at", "is", null)
    .groupBy(["hub", "target", "phase"])
    .execute();
  return rows.map((row) => ({ ...row, phase: row.phase as Phase, count: Number(row.count) }));
}

async function countDue(db: Kysely<Tables>, kind: (typeof KINDS)[number], now: number): Promise<number> {
  const query = db.selectFrom(kind).select(count).where("wake_at", "is not", null).where("wake_at", "<=", now);
  return Number((await query.executeTakeFirstOrThrow()).count);
}

async function oldestOwed(db: Kysely<Tables>): Promise<number | null> {
  const owed = db
    .selectFrom("status")
    .leftJoin("build", (join) =>
      join.onRef("build.sha", "=", "status.sha").onRef("build.repo", "=", "status.repo").on(ofItsOwn),
    )
    .select(["status.id", ({ fn }) => fn.max("build.updated_at").as("at")])
    .where("status.wake_at", "is not", null)
    .whereRef("status.done", "<", "status.wanted")
    .groupBy("status.id");
  const row = await db
    .selectFrom(owed.as("owed"))
    .select(({ fn }) => fn.min("owed.at").as("at"))
    .executeTakeFirstOrThrow();
  return row.at === null ? null : Number(row.at);
}

/** The one that sums up a commit is about all of its builds. */
const ofItsOwn = sql<boolean>`(status.build is null or status.build = build.id)`;
