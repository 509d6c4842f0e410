import { type Kysely, sql, type Transaction } from "kysely";
import type { Notice, Part, Whole } from "../../domain/summary.ts";
import type { SummaryOrder } from "../../ports/store.ts";
import { fromJson, orNull, toBuild, toJson } from "./rows.ts";
import type { Tables } from "./schema.ts";
import { statusId, UNSAID } from "./words.ts";

/** The status that sums up a commit is a row without a build of its own. */
interface Commit {
  readonly forge: string;
  readonly repo: string;
  readonly sha: string;
}

type Notices = Readonly<Record<string, Notice>>;

export function summaryId({ forge, place, context }: SummaryOrder): string {
  return statusId(forge, place.repo, place.sha, context);
}

/** What was said for the same reason before counts no more. */
export async function oweSummary(tx: Transaction<Tables>, order: SummaryOrder): Promise<void> {
  const { forge, place, context, cause, notice, at } = order;
  const { repo, sha } = place;
  const id = summaryId(order);
  const row = { id, forge, repo, sha, build: null, optional: 0, notices: null, place: toJson(place), context };
  if (order.isNew)
    await tx
      .insertInto("status")
      .values({ ...row, ...UNSAID, wanted: 0, wake_at: null })
      .onConflict((c) => c.column("id").doNothing())
      .execute();
  const found = await tx
    .updateTable("status")
    .set({ place: toJson(place), wanted: sql`wanted + 1`, wake_at: at })
    .where("id", "=", id)
    .where("build", "is", null)
    .returning("notices")
    .executeTakeFirst();
  if (found === undefined) return;
  const { [cause]: before, ...others } = orNull<Notices>(found.notices) ?? {};
  if (before === undefined && notice === null) return;
  const notices = toJson(notice === null ? others : { ...others, [cause]: notice });
  await tx.updateTable("status").set({ notices }).where("id", "=", id).execute();
}

/** News of one of its builds. As every word, it keeps its own time while it waits for its forge. */
export async function touchSummary(tx: Transaction<Tables>, { forge, repo, sha }: Commit, now: number): Promise<void> {
  await tx
    .updateTable("status")
    .set({ wanted: sql`wanted + 1`, wake_at: sql`case when tries = 0 then ${now} else wake_at end` })
    .where("sha", "=", sha)
    .where("repo", "=", repo)
    .where("forge", "=", forge)
    .where("build", "is", null)
    .execute();
}

/** Every build that a status of the commit tells of; required if one of them is. */
export async function wholeOf(
  db: Kysely<Tables>,
  { forge, repo, sha, notices }: Commit & { readonly notices: string | null },
): Promise<Whole> {
  const rows = await db
    .selectFrom("status")
    .innerJoin("build", "build.id", "status.build")
    .selectAll("build")
    .select("status.optional")
    .where("status.sha", "=", sha)
    .where("status.repo", "=", repo)
    .where("status.forge", "=", forge)
    .orderBy("build.created_at")
    .orderBy("status.id")
    .execute();
  const parts = new Map<string, Part>();
  for (const { optional, ...row } of rows) {
    const isOptional = optional === 1 && parts.get(row.id)?.optional !== false;
    parts.set(row.id, { build: toBuild(row), optional: isOptional });
  }
  return { parts: [...parts.values()], notices: notices === null ? [] : Object.values(fromJson<Notices>(notices)) };
}
