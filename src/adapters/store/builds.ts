import { type Kysely, sql } from "kysely";
import type { TaskState } from "../../domain/koji.ts";
import type { BuildStore } from "../../ports/store.ts";
import type { Write } from "./group.ts";
import { toBuild } from "./rows.ts";
import { saveBuild } from "./save-build.ts";
import type { Tables } from "./schema.ts";

export function createBuildStore(db: Kysely<Tables>, write: Write): BuildStore {
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

    save: (build, visible, under) => write((tx) => saveBuild(tx, build, visible, under)),

    async running(hub) {
      const rows = await db
        .selectFrom("build")
        .select(["id", "task_id", "task_state", "created_at", "parked"])
        .where("hub", "=", hub)
        // A literal, so that the planner sees the partial index.
        .where("phase", "=", sql.lit("running"))
        // Failed, and its failure is being explained.
        .where("task_state", "<>", "FAILED")
        .execute();
      return rows.flatMap(({ id, task_id, task_state, created_at, parked }) =>
        task_id === null
          ? []
          : [{ build: id, task: task_id, state: task_state as TaskState, since: created_at, parked: parked !== null }],
      );
    },
  };
}
