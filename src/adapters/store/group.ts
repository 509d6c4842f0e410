import type { Kysely, Transaction } from "kysely";
import { isKind } from "../../domain/errors.ts";
import { createBatches } from "./batches.ts";
import type { Tables } from "./schema.ts";
import { transact } from "./transaction.ts";

/** Runs a write in a transaction, perhaps together with others; durable when it resolves. */
export type Write = <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>;

interface Waiting {
  readonly work: (tx: Transaction<Tables>) => Promise<unknown>;
  resolve(value: never): void;
  reject(error: unknown): void;
}

/**
 * SQLite has one writer, and a commit waits for the disk: a hundred builds that move at once would wait a hundred times.
 *
 * A work that finds a `conflict` fails alone, so it has to find it before it writes. Whatever else goes wrong, each is run
 * again on its own, and fails for itself.
 */
export function createGroup(db: Kysely<Tables>): Write {
  const add = createBatches<Waiting>((batch) => together(db, batch));
  return (work) => new Promise((resolve, reject) => add({ work, resolve, reject }));
}

/** Several connections write at once: nothing is gained by waiting for each other. */
export function createAlone(db: Kysely<Tables>): Write {
  return (work) => transact(db, work);
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

async function together(db: Kysely<Tables>, batch: readonly Waiting[]): Promise<void> {
  const outcomes = await transact(db, (tx) => runAll(tx, batch)).catch((error) =>
    batch.length === 1 ? [{ error }] : null,
  );
  if (outcomes === null) {
    for (const one of batch) await together(db, [one]);
    return;
  }
  for (const [i, outcome] of outcomes.entries()) {
    if ("error" in outcome) batch[i]?.reject(outcome.error);
    else batch[i]?.resolve(outcome.value as never);
  }
}

async function runAll(tx: Transaction<Tables>, batch: readonly Waiting[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { work } of batch) {
    try {
      outcomes.push({ value: await work(tx) });
    } catch (error) {
      if (!isKind(error, "conflict")) throw error;
      outcomes.push({ error });
    }
  }
  return outcomes;
}
