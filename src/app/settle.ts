import { backoff } from "../domain/backoff.ts";
import type { CommentMode } from "../domain/build.ts";
import { explain, isKind } from "../domain/errors.ts";
import { isPersonEvent } from "../domain/event.ts";
import { plan, type RepoEntry, type Rule } from "../domain/rules.ts";
import type { ForgeFacts } from "../ports/forge.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { Delivery, Inbox } from "../ports/store.ts";
import { toOrder } from "./order.ts";

export interface SettleDeps {
  readonly store: Inbox;
  readonly facts: ReadonlyMap<string, ForgeFacts>;
  readonly rules: readonly Rule[];
  readonly repos: readonly RepoEntry[];
  readonly comments: CommentMode;
  readonly now: Clock;
  readonly jitter: () => number;
  readonly log: Log;
  readonly nudge: () => void;
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
        await decideWith(null, delivery, deps);
        return;
      }
      deps.log.warn(line, "cannot ask the forge, will try again");
      const now = deps.now();
      const retryAt = isKind(error, "throttled") ? error.retryAt : undefined;
      await deps.store.postpone(key, tries + 1, retryAt ?? now + backoff(tries, deps.jitter()));
    }
  };
}

async function settle(delivery: Delivery, deps: SettleDeps): Promise<void> {
  const event = delivery.summary;
  const facts = deps.facts.get(delivery.forge);
  const paths = event === null || isPersonEvent(event) || !facts ? null : await facts.changedPaths(event);
  await decideWith(paths, delivery, deps);
}

async function decideWith(paths: readonly string[] | null, delivery: Delivery, deps: SettleDeps): Promise<void> {
  const { id, forge, summary } = delivery;
  if (summary === null || isPersonEvent(summary)) return;
  const { builds, trace, ignored } = plan(summary, deps.rules, deps, paths);
  const orders = builds.map((request) => toOrder(summary, request, id, deps.now()));
  const ids = [...new Set(orders.map((order) => order.build.id))];
  if (!(await deps.store.settle({ id, forge, builds: ids, trace, ignored }, orders))) return;
  deps.log.info({ delivery: id, forge, builds: ids, ignored }, "delivery settled");
  if (ids.length > 0) deps.nudge();
}
