import { sql, type Transaction } from "kysely";
import type { Build } from "../../domain/build.ts";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Held } from "../../ports/leases.ts";
import { stillHeld } from "./leases.ts";
import { toBuildChange } from "./rows.ts";
import type { Tables } from "./schema.ts";
import { touchSummary } from "./summaries.ts";

/** See BuildStore.save. */
export async function saveBuild(
  tx: Transaction<Tables>,
  build: Build,
  visible: boolean,
  under: Held | null = null,
): Promise<Build> {
  await update(tx, build, under);
  if (visible) await owe(tx, build);
  return { ...build, revision: build.revision + 1 };
}

async function update(tx: Transaction<Tables>, build: Build, under: Held | null): Promise<void> {
  const change = tx
    .updateTable("build")
    .set({ ...toBuildChange(build), revision: build.revision + 1 })
    .where("id", "=", build.id)
    .where("revision", "=", build.revision);
  const { numUpdatedRows } = await (under === null ? change : change.where(stillHeld(under))).executeTakeFirst();
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
  await touchSummary(tx, build, build.updatedAt);
  await tx
    .updateTable("comment")
    .set(wish)
    .where("id", "in", (q) => q.selectFrom("comment_build").select("comment").where("build", "=", build.id))
    .execute();
}
