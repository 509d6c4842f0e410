import { type Kysely, sql, type Transaction } from "kysely";
import type { MergeRequestPlace } from "../../ports/forge.ts";
import type { Delivery, Inbox, Order, Settled, SummaryOrder } from "../../ports/store.ts";
import { placeOrder } from "./orders.ts";
import { toDelivery, toJson } from "./rows.ts";
import type { Tables } from "./schema.ts";
import { oweSummary } from "./summaries.ts";
import { transact } from "./transaction.ts";

/** Deliveries that wait for what the forge has to say. */
export function createWaiting(db: Kysely<Tables>): Pick<Inbox, "settle" | "waiting" | "postpone"> {
  return {
    async waiting(key) {
      const row = await ofKey(db, key).where("waiting", "is not", null).executeTakeFirst();
      return row === undefined ? null : { delivery: toDelivery(row), tries: row.tries };
    },
    settle: (outcome, orders, summary = null) => transact(db, (tx) => settle(tx, outcome, orders, summary)),
    async postpone(key, tries, wakeAt) {
      const { forge, id } = parseKey(key);
      await db
        .updateTable("delivery")
        .set({ tries, wake_at: wakeAt })
        .where("id", "=", id)
        .where("forge", "=", forge)
        .where("waiting", "is not", null)
        .execute();
    },
  };
}

/** `FORGE ID`: forge names have no spaces. */
function parseKey(key: string): { forge: string; id: string } {
  const space = key.indexOf(" ");
  return { forge: key.slice(0, space), id: key.slice(space + 1) };
}

function ofKey(db: Kysely<Tables>, key: string) {
  const { forge, id } = parseKey(key);
  return db.selectFrom("delivery").selectAll().where("id", "=", id).where("forge", "=", forge);
}

async function settle(
  tx: Transaction<Tables>,
  outcome: Settled,
  orders: readonly Order[],
  summary: SummaryOrder | null,
): Promise<boolean> {
  const row = await tx
    .updateTable("delivery")
    .set({ waiting: null, wake_at: null })
    .where("id", "=", outcome.id)
    .where("forge", "=", outcome.forge)
    .where("waiting", "is not", null)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return false;
  const delivery = toDelivery(row);
  const late = orders.length === 0 ? null : await whyLate(tx, delivery, orders);
  if (late === null) for (const order of orders) await placeOrder(tx, order, delivery);
  if (late === null && summary !== null) await oweSummary(tx, summary);
  const { builds, ignored, trace } = late === null ? outcome : { ...outcome, builds: [], ignored: late };
  await tx
    .updateTable("delivery")
    .set({ builds: toJson(builds), ignored, trace: toJson(trace) })
    .where("id", "=", outcome.id)
    .where("forge", "=", outcome.forge)
    .execute();
  return true;
}

/** While the forge was asked, the merge request may have gone on: what it left behind is not built. */
async function whyLate(tx: Transaction<Tables>, { forge }: Delivery, orders: readonly Order[]): Promise<string | null> {
  const { mr, place } = orders[0] ?? {};
  if (mr === null || mr === undefined || place === undefined) return null;
  const head = await headOf(tx, forge, mr);
  if (head === undefined || head === place.sha) return null;
  return head === null ? "the merge request is closed" : `superseded by ${head.slice(0, 12)}`;
}

/** Held until this transaction ends: a withdrawal comes before or after it, never in between. Undefined if it is not known. */
async function headOf(tx: Transaction<Tables>, forge: string, { repo, mr }: MergeRequestPlace) {
  const row = await tx
    .updateTable("merge_request")
    .set({ updated_at: sql.ref("updated_at") })
    .where("forge", "=", forge)
    .where("repo", "=", repo)
    .where("mr", "=", mr)
    .returning("head")
    .executeTakeFirst();
  return row?.head;
}
