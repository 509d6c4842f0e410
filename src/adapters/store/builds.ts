import { type Kysely, sql, type Transaction } from "kysely";
import type { Build } from "../../domain/build.ts";
import { KojibridgeError } from "../../domain/errors.ts";
import type { TaskState } from "../../domain/koji.ts";
import type { BuildStore } from "../../ports/store.ts";
import { toBuild, toBuildChange } from "./rows.ts";
import type { Tables } from "./schema.ts";

export function createBuildStore(db: Kysely<Tables>): BuildStore {
  return {
    async build(id) {
      const row = await db.selectFrom("build").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : toBuild(row);
    },

    async builds({ repo, sha, limit }) {
      let query = db.selectFrom("build").selectAll().orderBy("created_at", "desc").limit(limit);
      if (repo !== undefined) query = query.where("repo", "=", repo);
      if (sha !== undefined) query = query.where("sha", "=", sha);
      return (await query.execute()).map(toBuild);
    },

    save: (build, visible) =>
      db.transaction().execute(async (tx) => {
        await update(tx, build);
        if (visible) await owe(tx, build);
        return { ...build, revision: build.revision + 1 };
      }),

    async running(hub) {
      const rows = await db
        .selectFrom("build")
        .select(["id", "task_id", "task_state", "created_at", "parked"])
        .where("hub", "=", hub)
        // A literal, so that the planner sees the partial index.
        .where("phase", "=", sql.lit("running"))
        .execute();
      return rows.flatMap(({ id, task_id, task_state, created_at, parked }) =>
        task_id === null
          ? []
          : [{ build: id, task: task_id, state: task_state as TaskState, since: created_at, parked: parked !== null }],
      );
    },
  };
}

async function update(tx: Transaction<Tables>, build: Build): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable("build")
    .set({ ...toBuildChange(build), revision: build.revision + 1 })
    .where("id", "=", build.id)
    .where("revision", "=", build.revision)
    .executeTakeFirst();
  if (numUpdatedRows === 0n)
    throw new KojibridgeError("conflict", "the build moved since it was loaded", {
      context: { build: build.id, revision: build.revision },
    });
}

/** A word that waits for its forge (`tries` above 0) keeps its own time: a moving build must not hammer a forge that is down. */
async function owe(tx: Transaction<Tables>, build: Build): Promise<void> {
  const due = sql<number>`case when tries = 0 then ${build.updatedAt} else wake_at end`;
  const wish = { wanted: sql<number>`wanted + 1`, wake_at: due };
  await tx.updateTable("status").set(wish).where("build", "=", build.id).execute();
  await tx
    .updateTable("comment")
    .set(wish)
    .where("id", "in", (q) => q.selectFrom("comment_build").select("comment").where("build", "=", build.id))
    .execute();
}
