import { type Kysely, sql } from "kysely";
import type { CommitStatus } from "../../domain/report.ts";
import type { StatusPlace } from "../../ports/forge.ts";
import type { ReportStore, Saying } from "../../ports/store.ts";
import type { Write } from "./group.ts";
import { fromJson, orNull, toBuild, toJsonOrNull } from "./rows.ts";
import type { Tables } from "./schema.ts";
import { wholeOf } from "./summaries.ts";

export function createReportStore(db: Kysely<Tables>, write: Write): ReportStore {
  return {
    async status(id) {
      const row = await db.selectFrom("status").selectAll().where("id", "=", id).executeTakeFirst();
      if (row === undefined) return null;
      const { forge, context, wanted, done, tries } = row;
      const said = orNull<CommitStatus>(row.said);
      const place = fromJson<StatusPlace>(row.place);
      const base = { forge, context, wanted, done, tries, said, place, wakeAt: row.wake_at };
      if (row.build === null) return { kind: "summary", ...base, whole: await wholeOf(db, row) };
      const build = await db.selectFrom("build").selectAll().where("id", "=", row.build).executeTakeFirstOrThrow();
      return { kind: "build", ...base, build: toBuild(build) };
    },

    async saveStatus(id, saying) {
      const change = columns({ ...saying, said: toJsonOrNull(saying.said) });
      await write((tx) => tx.updateTable("status").set(change).where("id", "=", id).execute());
    },

    async comment(id) {
      const row = await db.selectFrom("comment").selectAll().where("id", "=", id).executeTakeFirst();
      if (row === undefined) return null;
      const builds = await db
        .selectFrom("comment_build")
        .innerJoin("build", "build.id", "comment_build.build")
        .selectAll("build")
        .where("comment_build.comment", "=", id)
        .orderBy("comment_build.seq")
        .orderBy("build.id")
        .execute();
      const { forge, comment, said, wanted, done, tries } = row;
      const place = { repo: row.repo, mr: row.mr };
      return { forge, place, comment, said, wanted, done, tries, builds: builds.map(toBuild) };
    },

    async saveComment(id, saying) {
      const change = { ...columns(saying), comment: saying.comment };
      await write((tx) => tx.updateTable("comment").set(change).where("id", "=", id).execute());
    },
  };
}

/** `wanted` may have grown while we were talking: then the row stays due, whatever this attempt concluded. */
function columns({ done, tries, wakeAt, said, outcome }: Saying<string>) {
  // A failed try (`tries` above 0) keeps its own time: that word is owed anyway.
  const wake_at =
    tries > 0 ? wakeAt : sql<number | null>`case when wanted > ${done} then 0 else cast(${wakeAt} as bigint) end`;
  return { done, tries, said, outcome, wake_at, said_at: Date.now() };
}
