import type { Transaction } from "kysely";
import type { Tables } from "./schema.ts";

/**
 * Holds the builds that it is narrowed to: whoever saves them waits until this transaction ends, and this one for whoever
 * was first. Else, on Postgres, a save under way would not see the words ordered here and not owe them its news; they could
 * be told of the build before it was saved, and then never again. Written as an update, because SQLite, which needs none of
 * it, has no `for update`.
 */
export function hold(tx: Transaction<Tables>) {
  return tx.updateTable("build").set(({ ref }) => ({ revision: ref("revision") }));
}
