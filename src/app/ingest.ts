import type { CommentMode } from "../domain/build.ts";
import { type ForgeEvent, type Ignored, isIgnored, isPersonEvent, type PersonEvent } from "../domain/event.ts";
import { type Plan, plan, type RepoEntry, type Rule } from "../domain/rules.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Acceptance, Inbox, Withdrawal } from "../ports/store.ts";
import { toOrder } from "./order.ts";

/** A verified and parsed webhook call. */
export interface Received {
  readonly id: string;
  readonly forge: string;
  readonly event: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
  readonly parsed: ForgeEvent | PersonEvent | Ignored;
}

export interface IngestDeps {
  readonly inbox: Inbox;
  readonly rules: readonly Rule[];
  readonly repos: readonly RepoEntry[];
  readonly comments: CommentMode;
  /** Login of the account behind a forge's token, as far as known: its own pushes are nobody's wish. */
  readonly ownLogin: (forge: string) => string | null;
  /** Forges that can be asked later for what a payload leaves out. */
  readonly facts: ReadonlySet<string>;
  readonly now: Clock;
  /** Work became due. */
  readonly nudge: () => void;
}

/**
 * A delivery becomes records, durable when this resolves; it contacts nobody.
 * @throws `transient` when the database cannot be written
 */
export function createIngest(deps: IngestDeps): (received: Received) => Promise<Acceptance> {
  return async ({ parsed, ...call }) => {
    const now = deps.now();
    const event = isIgnored(parsed) || isPersonEvent(parsed) ? null : parsed;
    const why = isIgnored(parsed) ? parsed.ignored : "there is no command in it";
    const decided = event === null ? nothing(why) : decidePlan(event, deps);
    const waiting = event === null ? null : needsOf(decided, event, deps);
    const { builds, trace, ignored } = waiting === null ? decided : { ...decided, builds: [], ignored: null };
    const orders = event === null ? [] : builds.map((request) => toOrder(event, request, call.id, now));
    const ids = [...new Set(orders.map((order) => order.build.id))];
    const delivery = { ...call, receivedAt: now, summary: event, waiting, ignored, builds: ids, trace };
    const withdrawal = event === null ? null : toWithdrawal(event);
    const acceptance = await deps.inbox.accept(delivery, orders, withdrawal);
    if (!acceptance.duplicate && (orders.length > 0 || waiting !== null || withdrawal !== null)) deps.nudge();
    return acceptance;
  };
}

/** What only the forge knows and the plan hangs on; asked once the delivery is written down (`app/settle.ts`). */
function needsOf({ trace }: Plan, { forge }: ForgeEvent, { facts }: IngestDeps): string | null {
  if (!facts.has(forge)) return null;
  return trace.some(({ needsPaths }) => needsPaths === true) ? "the forge is asked for the changed paths" : null;
}

function nothing(ignored: string): Plan {
  return { builds: [], trace: [], ignored };
}

function decidePlan(event: ForgeEvent, deps: IngestDeps): Plan {
  if (event.kind !== "merge_request" && event.author === deps.ownLogin(event.forge))
    return nothing("pushed by the account of kojibridge itself");
  return plan(event, deps.rules, deps);
}

/** A merge request's new commit supersedes its older ones; a closed one wants nothing any more. */
function toWithdrawal(event: ForgeEvent): Withdrawal | null {
  if (event.kind !== "merge_request") return null;
  const isOver = event.action === "closed" || event.action === "merged";
  return {
    forge: event.forge,
    mr: { repo: event.repo.path, mr: event.mr },
    keep: isOver ? null : event.sha,
    ending: isOver
      ? { phase: "canceled", reason: `merge request ${event.action}` }
      : { phase: "superseded", reason: `superseded by ${event.sha.slice(0, 12)}` },
  };
}
