import { type Kysely, sql, type Transaction } from "kysely";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Tables } from "./schema.ts";
import { transact } from "./transaction.ts";

/** Builds that ended before that time, with what was said of them; how many. */
export function forgetBuilds(db: Kysely<Tables>, before: number, limit: number): Promise<number> {
  return transact(db, async (tx) => {
    const over = (await overBuilds(tx, before, limit).execute()).map(({ id }) => id);
    if (over.length === 0) return 0;
    // Said again: somebody may have asked for one of them meanwhile.
    const gone = await tx
      .deleteFrom("build")
      .where("id", "in", over)
      .where("finished_at", "<", before)
      .returning(["id", "repo", "sha"])
      .execute();
    const ids = gone.map(({ id }) => id);
    if (ids.length > 0) await forgetWords(tx, ids, [...new Set(gone.map(({ sha }) => sha))], before);
    return ids.length;
  });
}

/** Not those whose word is owed, which an open merge request lists, or for which a side tag is kept. */
function overBuilds(tx: Transaction<Tables>, before: number, limit: number) {
  return tx
    .selectFrom("build")
    .select("id")
    .where("created_at", "<", before)
    .where("finished_at", "<", before)
    .where("wake_at", "is", null)
    .where(
      sql<boolean>`not exists (select 1 from status where status.build = build.id and (status.done < status.wanted or status.wake_at is not null))`,
    )
    .where(
      sql<boolean>`not exists (
        select 1 from comment_build join comment on comment.id = comment_build.comment
        left join merge_request on merge_request.forge = comment.forge and merge_request.repo = comment.repo and merge_request.mr = comment.mr
        where comment_build.build = build.id and (comment.done < comment.wanted or comment.wake_at is not null or merge_request.head is not null))`,
    )
    .where(sql<boolean>`not exists (select 1 from sidetag_build where sidetag_build.build = build.id)`)
    .orderBy("created_at")
    .limit(limit);
}

async function forgetWords(tx: Transaction<Tables>, ids: string[], shas: string[], before: number): Promise<void> {
  await tx.deleteFrom("status").where("build", "in", ids).whereRef("done", ">=", "wanted").execute();
  const owed = await tx.selectFrom("status").select("id").where("build", "in", ids).limit(1).execute();
  if (owed.length > 0) throw new KojibridgeError("conflict", "a word about an old build was asked for meanwhile");
  const comments = await tx.deleteFrom("comment_build").where("build", "in", ids).returning("comment").execute();
  if (comments.length > 0)
    await tx
      .deleteFrom("comment")
      .where("id", "in", [...new Set(comments.map(({ comment }) => comment))])
      .where(sql<boolean>`not exists (select 1 from comment_build where comment_build.comment = comment.id)`)
      .execute();
  // The status that sums up a commit goes with the last of its builds.
  await tx
    .deleteFrom("status")
    .where("build", "is", null)
    .where("sha", "in", shas)
    .whereRef("done", ">=", "wanted")
    .where("wake_at", "is", null)
    .where(sql<boolean>`not exists (select 1 from build where build.repo = status.repo and build.sha = status.sha)`)
    .execute();
  await tx.deleteFrom("merge_request").where("head", "is", null).where("updated_at", "<", before).execute();
}
