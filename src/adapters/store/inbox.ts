import type { Kysely, Transaction } from "kysely";
import type { Acceptance, Delivery, Inbox, Order, SummaryOrder, Withdrawal } from "../../ports/store.ts";
import { createBatches } from "./batches.ts";
import { placeOrder } from "./orders.ts";
import { fromJson, toDelivery, toDeliveryRow } from "./rows.ts";
import type { Tables } from "./schema.ts";
import { oweSummary, summaryId } from "./summaries.ts";
import { transact } from "./transaction.ts";
import { createWaiting } from "./waiting.ts";
import { withdraw } from "./withdraw.ts";

interface Waiting {
  readonly delivery: Delivery;
  readonly orders: readonly Order[];
  readonly withdrawal: Withdrawal | null;
  readonly summary: SummaryOrder | null;
  resolve(acceptance: Acceptance): void;
  reject(error: unknown): void;
}

export function createInbox(db: Kysely<Tables>): Inbox {
  const add = createBatches<Waiting>((batch) => writeTogether(db, batch));
  return {
    accept: (delivery, orders, withdrawal = null, summary = null) =>
      new Promise((resolve, reject) => add({ delivery, orders, withdrawal, summary, resolve, reject })),
    async delivery(id) {
      const row = await db.selectFrom("delivery").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : toDelivery(row);
    },
    ...createWaiting(db),
    async ready() {
      // A write that changes nothing still needs the lock, the disk and the permission.
      await db.updateTable("delivery").set({ event: "" }).where("id", "=", "").execute();
    },
  };
}

async function writeTogether(db: Kysely<Tables>, batch: readonly Waiting[]): Promise<void> {
  try {
    const acceptances = await transact(db, (tx) => acceptAll(tx, batch));
    for (const [i, acceptance] of acceptances.entries()) batch[i]?.resolve(acceptance);
  } catch (error) {
    for (const one of batch) one.reject(error);
  }
}

async function acceptAll(tx: Transaction<Tables>, batch: readonly Waiting[]): Promise<Acceptance[]> {
  const fresh = await insertNew(tx, batch);
  const summed = await summedUp(tx, batch);
  const done: Acceptance[] = [];
  // Of two of the same in one batch the first is the one that was written.
  for (const one of batch)
    done.push(fresh.delete(keyOf(one.delivery)) ? await accept(tx, one, summed) : await recall(tx, one.delivery));
  return done;
}

const keyOf = ({ forge, id }: Pick<Delivery, "forge" | "id">): string => `${forge} ${id}`;

/** SQLite takes 32,766 parameters in a statement. */
const MOST_ROWS = 1_000;

/** One statement for all, since what a statement costs beside its row is most of what an ack costs. */
async function insertNew(tx: Transaction<Tables>, batch: readonly Waiting[]): Promise<Set<string>> {
  const fresh = new Set<string>();
  for (let i = 0; i < batch.length; i += MOST_ROWS) {
    const rows = batch.slice(i, i + MOST_ROWS).map(({ delivery }) => toDeliveryRow(delivery));
    const inserted = await tx
      .insertInto("delivery")
      .values(rows)
      .onConflict((c) => c.columns(["id", "forge"]).doNothing())
      .returning(["forge", "id"])
      .execute();
    for (const row of inserted) fresh.add(keyOf(row));
  }
  return fresh;
}

/** Of the commits these speak of, those that have a status that sums them up. */
async function summedUp(tx: Transaction<Tables>, batch: readonly Waiting[]): Promise<Set<string>> {
  const ids = new Set(batch.flatMap(({ summary }) => (summary === null || summary.isNew ? [] : [summaryId(summary)])));
  if (ids.size === 0) return ids;
  const rows = await tx
    .selectFrom("status")
    .select("id")
    .where("id", "in", [...ids])
    .execute();
  return new Set(rows.map(({ id }) => id));
}

async function accept(
  tx: Transaction<Tables>,
  { delivery, orders, withdrawal, summary }: Waiting,
  summed: Set<string>,
): Promise<Acceptance> {
  for (const order of orders) await placeOrder(tx, order, delivery);
  if (summary?.isNew) summed.add(summaryId(summary));
  if (summary !== null && summed.has(summaryId(summary))) await oweSummary(tx, summary);
  if (withdrawal !== null) await withdraw(tx, withdrawal, delivery.receivedAt);
  const { waiting, builds, ignored } = delivery;
  return { duplicate: false, waiting, builds, ignored };
}

async function recall(tx: Transaction<Tables>, delivery: Delivery): Promise<Acceptance> {
  const first = await tx
    .selectFrom("delivery")
    .select(["waiting", "builds", "ignored"])
    .where("id", "=", delivery.id)
    .where("forge", "=", delivery.forge)
    .executeTakeFirstOrThrow();
  return { ...first, duplicate: true, builds: fromJson<string[]>(first.builds) };
}
