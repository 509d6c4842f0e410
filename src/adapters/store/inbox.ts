import type { Kysely, Transaction } from "kysely";
import type { Acceptance, Delivery, Inbox, Order, SummaryOrder, Withdrawal } from "../../ports/store.ts";
import { placeOrder } from "./orders.ts";
import { fromJson, toDelivery, toDeliveryRow } from "./rows.ts";
import type { Tables } from "./schema.ts";
import { oweSummary } from "./summaries.ts";
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

/**
 * Group commit: what arrives while one transaction is being written shares the next one, so that a durable ack costs a
 * share of one fsync instead of one each.
 */
export function createInbox(db: Kysely<Tables>): Inbox {
  let waiting: Waiting[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await writeTogether(db, batch);
    }
    writing = false;
  }

  return {
    accept: (delivery, orders, withdrawal = null, summary = null) =>
      new Promise((resolve, reject) => {
        waiting.push({ delivery, orders, withdrawal, summary, resolve, reject });
        if (writing) return;
        writing = true;
        // setImmediate: everything the event loop has at hand in this turn joins the same transaction.
        setImmediate(() => void drain());
      }),
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
    const acceptances = await transact(db, async (tx) => {
      const done: Acceptance[] = [];
      for (const one of batch) done.push(await accept(tx, one));
      return done;
    });
    for (const [i, acceptance] of acceptances.entries()) batch[i]?.resolve(acceptance);
  } catch (error) {
    for (const one of batch) one.reject(error);
  }
}

async function accept(
  tx: Transaction<Tables>,
  { delivery, orders, withdrawal, summary }: Waiting,
): Promise<Acceptance> {
  const inserted = await tx
    .insertInto("delivery")
    .values(toDeliveryRow(delivery))
    .onConflict((c) => c.columns(["id", "forge"]).doNothing())
    .executeTakeFirst();
  if (Number(inserted.numInsertedOrUpdatedRows ?? 0) === 0) return recall(tx, delivery);
  for (const order of orders) await placeOrder(tx, order, delivery);
  if (summary !== null) await oweSummary(tx, summary);
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
