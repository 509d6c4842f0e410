import { createHash } from "node:crypto";
import type { Build, BuildRequest, CommentMode } from "../domain/build.ts";
import { type ForgeEvent, type Ignored, isIgnored, isPersonEvent, type PersonEvent } from "../domain/event.ts";
import { identity, type Plan, plan, type Rule } from "../domain/rules.ts";
import type { MergeRequestPlace, StatusPlace } from "../ports/forge.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Acceptance, Inbox, Order, Withdrawal } from "../ports/store.ts";

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
  readonly comments: CommentMode;
  /** Login of the account behind a forge's token, as far as known: its own pushes are nobody's wish. */
  readonly ownLogin: (forge: string) => string | null;
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
    const { builds, trace, ignored } = event === null ? nothing(why) : decidePlan(event, deps);
    const orders = event === null ? [] : builds.map((request) => toOrder(event, request, call.id, now));
    const ids = [...new Set(orders.map((order) => order.build.id))];
    const delivery = { ...call, receivedAt: now, summary: event, ignored, builds: ids, trace };
    const withdrawal = event === null ? null : toWithdrawal(event);
    const acceptance = await deps.inbox.accept(delivery, orders, withdrawal);
    if (!acceptance.duplicate && (orders.length > 0 || withdrawal !== null)) deps.nudge();
    return acceptance;
  };
}

function nothing(ignored: string): Plan {
  return { builds: [], trace: [], ignored };
}

function decidePlan(event: ForgeEvent, deps: IngestDeps): Plan {
  if (event.kind !== "merge_request" && event.author === deps.ownLogin(event.forge))
    return nothing("pushed by the account of kojibridge itself");
  return plan(event, deps.rules, { comments: deps.comments });
}

/** Deterministic: the same build asked for again, by whatever delivery, is the same record. */
export function buildId(request: BuildRequest, event: ForgeEvent): string {
  return createHash("sha256").update(identity(request, event)).digest("hex").slice(0, 20);
}

function toOrder(event: ForgeEvent, request: BuildRequest, delivery: string, now: number): Order {
  return {
    build: toBuild(event, request, delivery, now),
    place: toPlace(event),
    context: request.context,
    mr: toMr(event),
  };
}

function toBuild(event: ForgeEvent, request: BuildRequest, delivery: string, now: number): Build {
  return {
    id: buildId(request, event),
    revision: 1,
    delivery,
    phase: "queued",
    forge: event.forge,
    repo: event.repo.path,
    sha: event.sha,
    request,
    intent: null,
    attempt: 1,
    ending: null,
    hold: null,
    carrier: null,
    failures: [],
    retries: [],
    made: null,
    task: null,
    reason: null,
    parked: null,
    tries: 0,
    wakeAt: now,
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
  };
}

function toPlace(event: ForgeEvent): StatusPlace {
  const place = { repo: event.repo.path, sha: event.sha, fork: null };
  switch (event.kind) {
    case "push":
      return { ...place, ref: event.branch };
    case "tag":
      return { ...place, ref: event.tag };
    case "merge_request":
      return { ...place, ref: event.sourceBranch, fork: event.fork ? event.source.path : null };
  }
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

function toMr(event: ForgeEvent): MergeRequestPlace | null {
  return event.kind === "merge_request" ? { repo: event.repo.path, mr: event.mr } : null;
}
