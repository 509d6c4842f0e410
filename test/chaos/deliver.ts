import { setTimeout as delay } from "node:timers/promises";
import { send } from "../support/worlds.ts";
import type { Fleet } from "./fleet.ts";
import type { Call } from "./plan.ts";

export interface Deliveries {
  /** Ids of the deliveries that were acknowledged, in that order. */
  readonly acknowledged: ReadonlySet<string>;
  /** How often one was sent again because nobody answered 202. */
  readonly again: number;
  /** Resolves when this one may be followed by the next: it is under way, and not too many are. */
  begin(call: Call): Promise<void>;
  /** Resolves when all are acknowledged. */
  all(): Promise<void>;
}

const MOST_AT_ONCE = 40;
const ANSWER_MS = 10_000;

/** What is answered other than 202, or cut, is delivered again as a forge's operator would. */
export function createDeliveries(fleet: Fleet): Deliveries {
  const acknowledged = new Set<string>();
  const [chains, firsts] = [new Map<string, Promise<void>>(), new Map<string, Promise<void>>()];
  const under = new Set<Promise<void>>();
  let again = 0;

  async function insist({ told, id, door, cutAfter }: Call): Promise<void> {
    for (let n = 0; ; n++) {
      const url = fleet.url(door + n);
      const patience = n === 0 && cutAfter !== null ? cutAfter : ANSWER_MS;
      const delivery = { event: told.event, payload: told.payload, id };
      const answer = url === null ? null : await send(url, told.forge, delivery, AbortSignal.timeout(patience));
      if (answer?.status === 202) return void acknowledged.add(id);
      again += 1;
      await delay(200);
    }
  }

  return {
    acknowledged,
    get again() {
      return again;
    },
    async begin(call) {
      while (under.size >= MOST_AT_ONCE) await Promise.race(under);
      // The same delivery a second time comes after the first: that decides what its merge request heard last.
      const before = [chains.get(call.chain), firsts.get(call.id)];
      const made = Promise.all(before).then(() => insist(call));
      const running = made.finally(() => under.delete(running));
      under.add(running);
      chains.set(call.chain, running);
      if (!firsts.has(call.id)) firsts.set(call.id, running);
    },
    async all() {
      await Promise.all(under);
    },
  };
}
