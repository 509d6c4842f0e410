import type { Kysely, Transaction } from "kysely";
import type { Build } from "../../domain/build.ts";
import { isFinal } from "../../domain/build.ts";
import type { ForgeEvent } from "../../domain/event.ts";
import { again, approved, ending } from "../../domain/transitions.ts";
import type { Reaction } from "../../ports/forge.ts";
import type { Approval, Receipt, Wish, Wishes } from "../../ports/store.ts";
import { hold } from "./hold.ts";
import { placeOrder } from "./orders.ts";
import { orNull, toBuild } from "./rows.ts";
import { saveBuild } from "./save-build.ts";
import type { Tables } from "./schema.ts";
import { transact } from "./transaction.ts";
import { commentId } from "./words.ts";

export function createWishes(db: Kysely<Tables>): Wishes {
  return {
    fulfil: (wishes, now, receipt = null) =>
      transact(db, async (tx) => {
        if (receipt !== null && !(await isFirst(tx, receipt, now))) return [];
        const changed = new Set<string>();
        for (const wish of wishes) for (const id of await fulfil(tx, wish, now)) changed.add(id);
        return [...changed];
      }),

    async receipt(forge, repo, id) {
      const row = await db
        .selectFrom("receipt")
        .select(["forge", "repo", "id", "answer", "reaction"])
        .where("forge", "=", forge)
        .where("repo", "=", repo)
        .where("id", "=", id)
        .executeTakeFirst();
      return row === undefined ? null : { ...row, reaction: row.reaction as Reaction };
    },

    async headOf(forge, { repo, mr }) {
      const row = await db
        .selectFrom("merge_request")
        .select(["head", "updated_at as since"])
        .where("forge", "=", forge)
        .where("repo", "=", repo)
        .where("mr", "=", mr)
        .executeTakeFirst();
      return row ?? null;
    },

    async buildsOf(forge, repo, mr, sha) {
      let query = db.selectFrom("build").selectAll().where("sha", "=", sha).where("repo", "=", repo);
      query =
        mr === null
          ? query.where("pinned", "=", 1)
          : query.where("id", "in", (q) =>
              q.selectFrom("comment_build").select("build").where("comment", "=", commentId(forge, { repo, mr })),
            );
      const rows = await query.where("forge", "=", forge).orderBy("created_at").orderBy("id").execute();
      return rows.map(toBuild);
    },

    async eventOf(forge, repo, sha) {
      const row = await db
        .selectFrom("delivery")
        .select("summary")
        .where("id", "in", (q) =>
          q
            .selectFrom("build")
            .select("delivery")
            .where("sha", "=", sha)
            .where("repo", "=", repo)
            .where("pinned", "=", 1),
        )
        .where("forge", "=", forge)
        .orderBy("received_at", "desc")
        .executeTakeFirst();
      return orNull<ForgeEvent>(row?.summary ?? null);
    },
  };
}

async function isFirst(tx: Transaction<Tables>, receipt: Receipt, now: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("receipt")
    .values({ ...receipt, at: now })
    .onConflict((c) => c.columns(["forge", "repo", "id"]).doNothing())
    .executeTakeFirst();
  return Number(numInsertedOrUpdatedRows ?? 0) > 0;
}

async function fulfil(tx: Transaction<Tables>, wish: Wish, now: number): Promise<string[]> {
  switch (wish.kind) {
    case "again":
      return change(tx, wish.builds, (build) => again(build, now));
    case "cancel":
      return change(tx, wish.builds, (build) => {
        if (isFinal(build.phase) || build.ending !== null) return build;
        return ending(build, { phase: "canceled", reason: wish.reason }, now);
      });
    case "approve":
      return approve(tx, wish, now);
    case "order":
      for (const order of wish.orders) await placeOrder(tx, order, wish.delivery);
      return wish.orders.map(({ build }) => build.id);
  }
}

async function change(tx: Transaction<Tables>, ids: readonly string[], by: (build: Build) => Build): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await hold(tx).where("id", "in", ids).returningAll().execute();
  const changed = rows.map(toBuild).flatMap((before) => {
    const after = by(before);
    return after === before ? [] : [after];
  });
  for (const build of changed) await saveBuild(tx, build, true);
  return changed.map(({ id }) => id);
}

async function approve(tx: Transaction<Tables>, { forge, mr, sha, all }: Approval, now: number): Promise<string[]> {
  const allowed = { approved: all ? "*" : sha };
  await tx
    .insertInto("merge_request")
    .values({ forge, ...mr, head: sha, ...allowed, updated_at: now })
    .onConflict((c) => c.columns(["forge", "repo", "mr"]).doUpdateSet(allowed))
    .execute();
  const rows = await tx
    .selectFrom("comment_build")
    .innerJoin("build", "build.id", "comment_build.build")
    .select("build.id")
    .where("comment_build.comment", "=", commentId(forge, mr))
    .where("build.sha", "=", sha)
    .execute();
  const ids = rows.map(({ id }) => id);
  return change(tx, ids, (build) => approved(build, now));
}
