import { sql, type Transaction } from "kysely";
import type { Build } from "../../domain/build.ts";
import { approved, reordered } from "../../domain/transitions.ts";
import type { MergeRequestPlace } from "../../ports/forge.ts";
import type { Delivery, Order } from "../../ports/store.ts";
import { hold } from "./hold.ts";
import { toBuild, toBuildRow, toJson, toOrigin } from "./rows.ts";
import { saveBuild } from "./save-build.ts";
import type { Tables } from "./schema.ts";
import { touchSummary } from "./summaries.ts";
import { commentId, statusId, UNSAID } from "./words.ts";

/** A known build is shared: only the words owed for it are new. */
export async function placeOrder(tx: Transaction<Tables>, asked: Order, delivery: Delivery): Promise<void> {
  const order = (await isApproved(tx, asked))
    ? { ...asked, build: approved(asked.build, asked.build.createdAt) }
    : asked;
  const inserted = await tx
    .insertInto("build")
    .values({ ...toBuildRow(order.build), ...toOrigin(delivery) })
    .onConflict((c) => c.column("id").doNothing())
    .executeTakeFirst();
  if (Number(inserted.numInsertedOrUpdatedRows ?? 0) === 0) await reorder(tx, order.build);
  if (order.mr === null) await tx.updateTable("build").set({ pinned: 1 }).where("id", "=", order.build.id).execute();
  await oweStatus(tx, order);
  if (order.mr !== null) await oweComment(tx, order, order.mr);
}

/** Whether somebody let that commit of the merge request through already. */
async function isApproved(tx: Transaction<Tables>, { build, mr, place }: Order): Promise<boolean> {
  if (build.hold === null || mr === null) return false;
  const row = await tx
    .selectFrom("merge_request")
    .select("approved")
    .where("forge", "=", build.forge)
    .where("repo", "=", mr.repo)
    .where("mr", "=", mr.mr)
    .executeTakeFirst();
  return row?.approved === "*" || row?.approved === place.sha;
}

/** Shared as it is, unless it ended, or is about to, because nobody wanted it; what one may build without leave needs none. */
async function reorder(tx: Transaction<Tables>, { id, createdAt, hold: held }: Build): Promise<void> {
  const known = toBuild(await hold(tx).where("id", "=", id).returningAll().executeTakeFirstOrThrow());
  const free = held === null ? approved(known, createdAt) : known;
  const wanted = reordered(free, createdAt);
  if (wanted !== known) await saveBuild(tx, wanted, true);
}

function owed(now: number) {
  return { wanted: 1, wake_at: now, ...UNSAID };
}

/** The newest build asked for under a context owns it; the word is due even when the build is old. */
async function oweStatus(tx: Transaction<Tables>, { build, place, context }: Order): Promise<void> {
  const owner = { build: build.id, place: toJson(place), optional: build.request.optional ? 1 : 0 };
  await tx
    .insertInto("status")
    .values({
      id: statusId(build.forge, place.repo, place.sha, context),
      forge: build.forge,
      repo: place.repo,
      sha: place.sha,
      context,
      notices: null,
      ...owner,
      ...owed(build.createdAt),
    })
    .onConflict((c) =>
      c.column("id").doUpdateSet({ ...owner, wanted: sql`status.wanted + 1`, wake_at: build.createdAt }),
    )
    .execute();
  await touchSummary(tx, { ...place, forge: build.forge }, build.createdAt);
}

async function oweComment(tx: Transaction<Tables>, { build }: Order, { repo, mr }: MergeRequestPlace): Promise<void> {
  const id = commentId(build.forge, { repo, mr });
  const seq = build.createdAt;
  await tx
    .insertInto("comment")
    .values({ id, forge: build.forge, repo, mr, comment: null, ...owed(seq) })
    .onConflict((c) => c.column("id").doUpdateSet({ wanted: sql`comment.wanted + 1`, wake_at: seq }))
    .execute();
  await tx
    .insertInto("comment_build")
    .values({ comment: id, build: build.id, seq })
    .onConflict((c) => c.columns(["comment", "build"]).doUpdateSet({ seq }))
    .execute();
}
