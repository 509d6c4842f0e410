import { type Insertable, type Kysely, type Selectable, sql, type Transaction } from "kysely";
import { KojibridgeError } from "../../domain/errors.ts";
import { revived, type SideTag, type SideTagIntent, type SideTagPhase, toRemoving } from "../../domain/sidetag.ts";
import type { MergeRequestPlace } from "../../ports/forge.ts";
import type { SideTagStore } from "../../ports/sidetags.ts";
import { hold } from "./hold.ts";
import { fromJson, orNull, toJson, toJsonOrNull } from "./rows.ts";
import type { SideTagTable, Tables } from "./schema.ts";
import { transact } from "./transaction.ts";

export function createSideTagStore(db: Kysely<Tables>): SideTagStore {
  return {
    async sidetag(id) {
      const row = await db.selectFrom("sidetag").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : toSideTag(row);
    },

    wantSideTag: (wanted, build) => transact(db, (tx) => want(tx, wanted, build)),

    saveSideTag: (tag, news) =>
      transact(db, async (tx) => {
        await update(tx, tag);
        if (news) await wakeWaiting(tx, tag);
        return { ...tag, revision: tag.revision + 1 };
      }),

    // The unique index refuses what two transactions side by side let through.
    claimSideTag: (tag) =>
      transact(db, async (tx) => {
        const rival = await tx
          .selectFrom("sidetag")
          .select("id")
          .where("hub", "=", tag.hub)
          .where("base", "=", tag.base)
          .where("intent", "is not", null)
          .executeTakeFirst();
        if (rival !== undefined) return null;
        await update(tx, tag);
        return { ...tag, revision: tag.revision + 1 };
      }),

    async sideTagNames(hub) {
      const rows = await db
        .selectFrom("sidetag")
        .select("name")
        .where("hub", "=", hub)
        .where("name", "is not", null)
        .execute();
      return new Set(rows.flatMap(({ name }) => name ?? []));
    },

    async sideTagUsers(id) {
      const rows = await db
        .selectFrom("sidetag_build")
        .innerJoin("build", "build.id", "sidetag_build.build")
        .select("build.id")
        .where("sidetag_build.sidetag", "=", id)
        .where("build.phase", "in", ["submitting", "running"])
        .execute();
      return rows.length;
    },
  };
}

/** A use is written down at most this often. */
const TOUCH_MS = 60_000;

async function want(
  tx: Transaction<Tables>,
  wanted: SideTag,
  build: { readonly id: string; readonly attempt: number },
): Promise<SideTag> {
  await expectWanted(tx, build);
  await tx
    .insertInto("sidetag")
    .values(toRow(wanted))
    .onConflict((c) => c.column("id").doNothing())
    .execute();
  const now = wanted.updatedAt;
  const isNew = await join(tx, wanted.id, build);
  // Held until the end of this transaction: what it decides is about the record as it is.
  const row = await tx
    .updateTable("sidetag")
    .set(({ ref }) => ({ revision: ref("revision") }))
    .where("id", "=", wanted.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const known = toSideTag(row);
  if (known.phase === "gone" && (isNew || known.reason === null)) return change(tx, revived(known, now));
  // Only a tag at rest is touched: a creation under way must not find its record moved.
  if (known.phase === "ready" && known.usedAt < now - TOUCH_MS) return change(tx, { ...known, usedAt: now });
  return known;
}

async function change(tx: Transaction<Tables>, tag: SideTag): Promise<SideTag> {
  await update(tx, tag);
  return { ...tag, revision: tag.revision + 1 };
}

/**
 * Whoever asks may have waited long for the hub, and its merge request may be closed meanwhile: the side tags of that are
 * withdrawn already, and one made now would be nobody's. Held, so that a withdrawal under way is waited for.
 */
async function expectWanted(tx: Transaction<Tables>, { id, attempt }: { id: string; attempt: number }): Promise<void> {
  const build = await hold(tx).where("id", "=", id).returning(["attempt", "ending", "finished_at"]).executeTakeFirst();
  if (build === undefined) return;
  if (build.attempt !== attempt || build.ending !== null || build.finished_at !== null)
    throw new KojibridgeError("conflict", "the build moved since it was loaded", { context: { build: id, attempt } });
}

/** True when this attempt of the build had not asked before. */
async function join(
  tx: Transaction<Tables>,
  sidetag: string,
  build: { id: string; attempt: number },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("sidetag_build")
    .values({ sidetag, build: build.id, attempt: build.attempt })
    .onConflict((c) =>
      c
        .columns(["sidetag", "build"])
        .doUpdateSet({ attempt: build.attempt })
        .where("sidetag_build.attempt", "<", build.attempt),
    )
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

async function update(tx: Transaction<Tables>, tag: SideTag): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable("sidetag")
    .set({ ...toChange(tag), revision: tag.revision + 1 })
    .where("id", "=", tag.id)
    .where("revision", "=", tag.revision)
    .executeTakeFirst();
  if (numUpdatedRows === 0n)
    throw new KojibridgeError("conflict", "the side tag moved since it was loaded", {
      context: { sidetag: tag.id, revision: tag.revision },
    });
}

/** A new revision, so that a build that is just being put to sleep for it is not. */
async function wakeWaiting(tx: Transaction<Tables>, { id, updatedAt }: SideTag): Promise<void> {
  await tx
    .updateTable("build")
    .set({ wake_at: updatedAt, revision: sql`revision + 1` })
    .where("id", "in", (q) => q.selectFrom("sidetag_build").select("build").where("sidetag", "=", id))
    .where("phase", "in", ["queued", "preparing"])
    .execute();
}

/** The merge request is over. */
export async function withdrawSideTags(
  tx: Transaction<Tables>,
  forge: string,
  { repo, mr }: MergeRequestPlace,
  now: number,
): Promise<void> {
  const rows = await tx
    .selectFrom("sidetag")
    .selectAll()
    .where("forge", "=", forge)
    .where("repo", "=", repo)
    .where("mr", "=", mr)
    .where("phase", "not in", ["removing", "gone"])
    .execute();
  for (const row of rows) await update(tx, toRemoving(toSideTag(row), null, now));
}

function toSideTag(row: Selectable<SideTagTable>): SideTag {
  return {
    id: row.id,
    revision: row.revision,
    place: { forge: row.forge, repo: row.repo, mr: row.mr, ref: row.ref },
    hub: row.hub,
    base: row.base,
    macros: fromJson(row.macros),
    phase: row.phase as SideTagPhase,
    name: row.name,
    intent: orNull<SideTagIntent>(row.intent),
    reason: row.reason,
    tries: row.tries,
    wakeAt: row.wake_at,
    usedAt: row.used_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toChange(tag: SideTag) {
  return {
    phase: tag.phase,
    name: tag.name,
    intent: toJsonOrNull(tag.intent),
    reason: tag.reason,
    tries: tag.tries,
    wake_at: tag.wakeAt,
    used_at: tag.usedAt,
    updated_at: tag.updatedAt,
  };
}

function toRow({ place, ...tag }: SideTag): Insertable<SideTagTable> {
  const { id, revision, hub, base, createdAt } = tag;
  const macros = toJson(tag.macros);
  return { id, revision, ...place, hub, base, macros, created_at: createdAt, ...toChange({ ...tag, place }) };
}
