import type { Received } from "../app/ingest.ts";
import type { Acceptance } from "../ports/store.ts";
import type { OpenParts } from "./parts.ts";

/** What `/metrics` shows of a bridge. */
export function createScrape({ metrics, store, hubs, budgets }: OpenParts): () => Promise<string> {
  return () =>
    metrics.render({
      store,
      hubs: new Map([...hubs].map(([name, { insight }]) => [name, insight.downUntil() !== null])),
      budgets: new Map([...budgets].map(([name, budget]) => [name, budget.read()])),
    });
}

/** The same, and what it took is counted. */
export function counted(
  ingest: (received: Received) => Promise<Acceptance>,
  { metrics }: OpenParts,
): (received: Received) => Promise<Acceptance> {
  return async (received) => {
    const acceptance = await ingest(received);
    metrics.accepted(received.forge, acceptance);
    return acceptance;
  };
}
