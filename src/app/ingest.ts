import type { CommentMode } from "../domain/build.ts";
import { parseCommands } from "../domain/commands.ts";
import { type ForgeEvent, type Ignored, isIgnored, isPersonEvent, type PersonEvent } from "../domain/event.ts";
import { REPO_FILE } from "../domain/repo-file.ts";
import { type Plan, plan, type RepoEntry, type Rule } from "../domain/rules.ts";
import { EN, say } from "../domain/words/words.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Acceptance, Inbox, Withdrawal } from "../ports/store.ts";
import { toOrder, toSummaryOrder } from "./order.ts";

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
  /** Context of the summary status; null: none. */
  readonly summary: string | null;
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
    if (!isIgnored(parsed) && isPersonEvent(parsed)) return listen(call, parsed, now, deps);
    const event = isIgnored(parsed) ? null : parsed;
    const decided = isIgnored(parsed) ? nothing(parsed.ignored) : decidePlan(parsed, deps);
    const waiting = event === null ? null : needsOf(decided, event, deps);
    const { builds, trace, ignored } = waiting === null ? decided : { ...decided, builds: [], ignored: null };
    const orders = event === null ? [] : builds.map((request) => toOrder(event, request, call.id, now));
    const ids = [...new Set(orders.map((order) => order.build.id))];
    const delivery = { ...call, receivedAt: now, summary: event, waiting, ignored, builds: ids, trace };
    const withdrawal = event === null ? null : toWithdrawal(event);
    const summary = event === null || waiting !== null ? null : toSummaryOrder(event, decided, deps.summary, now);
    const acceptance = await deps.inbox.accept(delivery, orders, withdrawal, summary);
    const isWork = orders.length > 0 || waiting !== null || withdrawal !== null || summary?.isNew === true;
    if (!acceptance.duplicate && isWork) deps.nudge();
    return acceptance;
  };
}

/** What a person asks for is done once the forge has said who may (`app/obey.ts`). */
async function listen(call: Omit<Received, "parsed">, event: PersonEvent, now: number, deps: IngestDeps) {
  const why = whyDeaf(event, deps);
  const waiting = why === null ? `the forge is asked what ${event.author} may do` : null;
  const delivery = { ...call, receivedAt: now, summary: event, waiting, ignored: why, builds: [], trace: [] };
  const acceptance = await deps.inbox.accept(delivery, []);
  if (!acceptance.duplicate && waiting !== null) deps.nudge();
  return acceptance;
}

function whyDeaf(event: PersonEvent, deps: IngestDeps): string | null {
  if (event.author === deps.ownLogin(event.forge)) return "written by the account of kojibridge itself";
  return event.kind === "comment" && parseCommands(event.text).length === 0 ? "there is no command in it" : null;
}

/** What only the forge knows and the plan hangs on; asked once the delivery is written down (`app/settle.ts`). */
function needsOf({ trace, builds }: Plan, { forge }: ForgeEvent, { facts }: IngestDeps): string | null {
  if (!facts.has(forge)) return null;
  if (trace.some(({ needsPaths }) => needsPaths === true)) return "the forge is asked for the changed paths";
  if (trace.some(({ needsFile }) => needsFile === true)) return `the forge is asked for ${REPO_FILE}`;
  return builds.some(({ approval }) => approval) ? "the forge is asked who opened the merge request" : null;
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
      ? { phase: "canceled", reason: event.action === "merged" ? EN.why_mr_merged : EN.why_mr_closed }
      : { phase: "superseded", reason: say(EN, "why_superseded", { sha: event.sha.slice(0, 12) }) },
  };
}
