import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from "kysely";
import type { CommitStatus } from "../../domain/report.ts";
import type { StatusPlace } from "../../ports/forge.ts";
import type { Cursor, DeliveryLine, Entry, Gallery, Origin, Page, Word } from "../../ports/gallery.ts";
import { beside, byFilter } from "./gallery-filter.ts";
import { fromJson, orNull, toBuild } from "./rows.ts";
import type { BuildTable, Tables } from "./schema.ts";

export function createGallery(db: Kysely<Tables>): Gallery {
  return {
    async buildPage(filter, limit, after) {
      const query = byFilter(db.selectFrom("build").selectAll(), filter);
      const rows = await paged(query, "created_at", limit, after).execute();
      return toPage(rows.map(toEntry), limit, ({ build }) => ({ at: build.createdAt, id: build.id }));
    },

    async entry(id) {
      const row = await db.selectFrom("build").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : toEntry(row);
    },

    words: async (build) => [...(await statusWords(db, build)), ...(await commentWords(db, build))],

    async deliveryPage(filter, limit, after) {
      let query = db
        .selectFrom("delivery")
        .select(["id", "forge", "repo", "author", "event", "received_at", "waiting", "ignored", "builds"]);
      if (filter.forge !== undefined)
        query = query.where(filter.repo === undefined ? sql.ref("forge") : beside("forge"), "=", filter.forge);
      if (filter.repo !== undefined) query = query.where("repo", "=", filter.repo);
      if (filter.outcome !== undefined)
        query = query.where("ignored", filter.outcome === "built" ? "is" : "is not", null);
      const rows = await paged(query, "received_at", limit, after).execute();
      const lines = rows.map(
        ({ received_at, builds, ...row }): DeliveryLine => ({
          ...row,
          receivedAt: received_at,
          builds: fromJson(builds),
        }),
      );
      return toPage(lines, limit, ({ receivedAt, id }) => ({ at: receivedAt, id }));
    },

    async changes(since, limit) {
      const rows = await db
        .selectFrom("build")
        .select(["id", "revision", "updated_at"])
        .where("updated_at", ">=", since)
        .orderBy("updated_at")
        .limit(limit)
        .execute();
      return rows.map(({ updated_at, ...row }) => ({ ...row, updatedAt: updated_at }));
    },
  };
}

/** Row values, so that the planner goes on in the index where the last page ended. One more row says whether there is a next page. */
function paged<T extends keyof Tables, O>(
  query: SelectQueryBuilder<Tables, T, O>,
  time: "created_at" | "received_at",
  limit: number,
  after: Cursor | null,
): SelectQueryBuilder<Tables, T, O> {
  const [at, id] = [sql.ref(time), sql.ref("id")];
  const rest = after === null ? query : query.where(sql<boolean>`(${at}, ${id}) < (${after.at}, ${after.id})`);
  return rest
    .orderBy(at, "desc")
    .orderBy(id, "desc")
    .limit(limit + 1);
}

function toPage<Item>(found: readonly Item[], limit: number, cursor: (item: Item) => Cursor): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursor(last) : null };
}

function toEntry(row: Selectable<BuildTable>): Entry {
  return { build: toBuild(row), origin: orNull<Origin>(row.origin) };
}

async function statusWords(db: Kysely<Tables>, build: string): Promise<Word[]> {
  const rows = await db.selectFrom("status").selectAll().where("build", "=", build).orderBy("id").execute();
  return rows.map(({ context, outcome, wanted, done, said_at, ...row }) => {
    const place = fromJson<StatusPlace>(row.place);
    const said = orNull<CommitStatus>(row.said);
    const rest = { context, said, outcome, owed: done < wanted, saidAt: said_at };
    return { kind: "status", place, repo: place.repo, mr: null, ...rest };
  });
}

async function commentWords(db: Kysely<Tables>, build: string): Promise<Word[]> {
  const rows = await db
    .selectFrom("comment_build")
    .innerJoin("comment", "comment.id", "comment_build.comment")
    .select(["repo", "mr", "outcome", "wanted", "done", "said_at"])
    .where("comment_build.build", "=", build)
    .orderBy("comment.id")
    .execute();
  return rows.map(({ repo, mr, outcome, wanted, done, said_at }) => {
    const rest = { context: null, said: null, outcome, owed: done < wanted, saidAt: said_at };
    return { kind: "comment", place: null, repo, mr, ...rest };
  });
}
