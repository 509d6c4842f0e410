import { setTimeout } from "node:timers/promises";
import type { Kysely, Transaction } from "kysely";
import { isKind } from "../../domain/errors.ts";
import type { Tables } from "./schema.ts";

/** Postgres ended the transaction for the sake of another one (serialization_failure, deadlock_detected): nothing of it happened. */
const LOST_RACES = ["postgres.40001", "postgres.40P01"];
const ATTEMPTS = 5;

/** `work` may run several times. Only Postgres makes it so: SQLite has one writer. */
export async function transact<T>(db: Kysely<Tables>, work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isLostRace(error)) throw error;
      await setTimeout(Math.random() * 20 * attempt);
    }
  }
}

function isLostRace(error: unknown): boolean {
  return isKind(error, "transient") && LOST_RACES.includes(error.code ?? "");
}
