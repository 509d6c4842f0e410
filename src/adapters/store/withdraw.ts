import { sql, type Transaction } from "kysely";
import { ending } from "../../domain/transitions.ts";
import type { MergeRequestPlace } from "../../ports/forge.ts";
import type { Withdrawal } from "../../ports/store.ts";
import { hold } from "./hold.ts";
import { toBuild } from "./rows.ts";
import { saveBuild } from "./save-build.ts";
import type { Tables } from "./schema.ts";
import { withdrawSideTags } from "./sidetags.ts";
import { commentId } from "./words.ts";

/** Unfinished builds that only this merge request asked for, and whose commit it has left behind. */
export async function withdraw(
  tx: Transaction<Tables>,
  { forge, mr, keep, ...wish }: Withdrawal,
  now: number,
): Promise<void> {
  await remember(tx, forge, mr, keep, now);
  const comment = commentId(forge, mr);
  const asked = tx.selectFrom("comment_build").select("build").where("comment", "=", comment);
  await hold(tx).where("id", "in", asked).where("finished_at", "is", null).execute();
  let query = tx
    .selectFrom("comment_build")
    .innerJoin("build", "build.id", "comment_build.build")
    .selectAll("build")
    .where("comment_build.comment", "=", comment)
    .where("build.finished_at", "is", null)
    .where("build.ending", "is", null)
    .where("build.pinned", "=", 0)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("comment_build as other")
            .select("other.build")
            .whereRef("other.build", "=", "build.id")
            .where("other.comment", "!=", comment),
        ),
      ),
    );
  if (keep !== null) query = query.where("build.sha", "!=", keep);
  for (const row of await query.execute()) await saveBuild(tx, ending(toBuild(row), wish.ending, now), true);
  if (keep === null) await withdrawSideTags(tx, forge, mr, now);
}

async function remember(
  tx: Transaction<Tables>,
  forge: string,
  { repo, mr }: MergeRequestPlace,
  head: string | null,
  now: number,
): Promise<void> {
  // A label or a new title is no new head.
  const since = sql<number>`case when merge_request.head = ${head} then merge_request.updated_at else ${now} end`;
  await tx
    .insertInto("merge_request")
    .values({ forge, repo, mr, approved: null, head, updated_at: now })
    .onConflict((c) => c.columns(["forge", "repo", "mr"]).doUpdateSet({ head, updated_at: since }))
    .execute();
}
