import { backoff } from "../domain/backoff.ts";
import { explain, isKind } from "../domain/errors.ts";
import { isPersonEvent } from "../domain/event.ts";
import type { Delivery } from "../ports/store.ts";
import type { ObeyDeps } from "./carry-out.ts";
import { obey } from "./obey.ts";
import { toOrder, toSummaryOrder } from "./order.ts";
import { planWith } from "./plan-with.ts";

export interface SettleDeps extends ObeyDeps {
  readonly summary: string | null;
  readonly jitter: () => number;
}

/** A forge that says no is believed after as many tries: it may only be behind. */
const REJECTIONS_BELIEVED = 4;

/** Decides what becomes of a delivery that waits for what its forge knows. Safe to run again at any moment. */
export function createSettle(deps: SettleDeps): (key: string) => Promise<void> {
  return async (key) => {
    const found = await deps.store.waiting(key);
    if (found === null) return;
    const { delivery, tries } = found;
    try {
      await settle(delivery, deps);
    } catch (error) {
      const line = { delivery: delivery.id, forge: delivery.forge, error: explain(error), tries };
      if (isKind(error, "conflict")) throw error;
      if (isKind(error, "rejected", "invalid") && tries + 1 >= REJECTIONS_BELIEVED) {
        deps.log.error(line, "the forge does not tell what the plan needs");
        return giveUp(delivery, explain(error), deps);
      }
      deps.log.warn(line, "cannot ask the forge, will try again");
      const now = deps.now();
      const retryAt = isKind(error, "throttled") ? error.retryAt : undefined;
      await deps.store.postpone(key, tries + 1, retryAt ?? now + backoff(tries, deps.jitter()));
    }
  };
}

/** Without what the forge knows: a plan is careful, a command is not carried out. */
async function giveUp(delivery: Delivery, why: string, deps: SettleDeps): Promise<void> {
  const { id, forge, summary } = delivery;
  if (summary !== null && !isPersonEvent(summary)) return settle(delivery, deps, null);
  await deps.store.settle({ id, forge, builds: [], trace: [], ignored: `the forge says no: ${why}` }, []);
}

async function settle(delivery: Delivery, deps: SettleDeps, facts = deps.facts.get(delivery.forge) ?? null) {
  const { id, forge, summary } = delivery;
  if (summary === null) return;
  if (isPersonEvent(summary)) return obey(delivery, summary, deps);
  const decided = await planWith(summary, facts, deps);
  const { trace, ignored, trusted } = decided;
  const orders = decided.builds.map((request) => toOrder(summary, request, id, deps.now(), trusted));
  const builds = [...new Set(orders.map((order) => order.build.id))];
  const word = toSummaryOrder(summary, decided, deps.summary, deps.now());
  if (!(await deps.store.settle({ id, forge, builds, trace, ignored }, orders, word))) return;
  deps.log.info({ delivery: id, forge, builds, ignored }, "delivery settled");
  if (builds.length > 0 || word !== null) deps.nudge();
}
