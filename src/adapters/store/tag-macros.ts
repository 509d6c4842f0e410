import type { Kysely } from "kysely";
import { KojibridgeError } from "../../domain/errors.ts";
import type { TagMacroStore } from "../../ports/tag-macros.ts";
import { fromJson, toJson } from "./rows.ts";
import type { Tables } from "./schema.ts";

export function createTagMacroStore(db: Kysely<Tables>): TagMacroStore {
  return {
    async tagMacros(hub, tag) {
      const row = await db
        .selectFrom("tag_macros")
        .selectAll()
        .where("hub", "=", hub)
        .where("tag", "=", tag)
        .executeTakeFirst();
      if (row === undefined) return null;
      return {
        hub,
        tag,
        revision: row.revision,
        saved: fromJson(row.saved),
        confirmed: fromJson(row.confirmed),
        wanted: fromJson(row.wanted),
        users: fromJson(row.users),
      };
    },

    async saveTagMacros(record) {
      const { hub, tag, saved, confirmed, wanted, users } = record;
      const revision = record.revision + 1;
      const lists = {
        saved: toJson(saved),
        confirmed: toJson(confirmed),
        wanted: toJson(wanted),
        users: toJson(users),
      };
      const done =
        record.revision === 0
          ? await db
              .insertInto("tag_macros")
              .values({ hub, tag, revision, ...lists })
              .onConflict((c) => c.columns(["hub", "tag"]).doNothing())
              .executeTakeFirst()
              .then(({ numInsertedOrUpdatedRows }) => numInsertedOrUpdatedRows)
          : await db
              .updateTable("tag_macros")
              .set({ revision, ...lists })
              .where("hub", "=", hub)
              .where("tag", "=", tag)
              .where("revision", "=", record.revision)
              .executeTakeFirst()
              .then(({ numUpdatedRows }) => numUpdatedRows);
      if ((done ?? 0n) === 0n)
        throw new KojibridgeError("conflict", "the macros of the tag moved since they were loaded", {
          context: { hub, tag, revision: record.revision },
        });
      return { ...record, revision };
    },
  };
}
