import { randomUUID } from "node:crypto";
import type { BuildRequest } from "../domain/build.ts";
import { KojibridgeError } from "../domain/errors.ts";
import type { ForgeEvent, Repo } from "../domain/event.ts";
import type { RuleTrace } from "../domain/rules.ts";
import type { ForgeFacts, Ref } from "../ports/forge.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Inbox, Wishes } from "../ports/store.ts";
import { toOrder } from "./order.ts";
import { type PlanDeps, planWith } from "./plan-with.ts";

/** A build that somebody asks for without pushing anything. What is said narrows down what the rules would build. */
export interface Ask {
  readonly forge: string;
  readonly repo: string;
  /** Null: whatever a push or a tag of `sha` was. */
  readonly ref: Ref | null;
  /** Null: where the ref is now. */
  readonly sha: string | null;
  readonly rule: string | null;
  readonly hub: string | null;
  readonly target: string | null;
  readonly scratch: boolean | null;
}

export interface Started {
  readonly delivery: string;
  readonly builds: readonly string[];
  /** Why nothing is built. */
  readonly ignored: string | null;
  readonly trace: readonly RuleTrace[];
}

/** What stands where other deliveries have their forge's name of the event. */
export const BY_HAND = "by hand";

export type Start = (ask: Ask, who: string) => Promise<Started>;

export interface StartDeps extends PlanDeps {
  readonly store: Inbox & Wishes;
  readonly facts: ReadonlyMap<string, ForgeFacts>;
  /** The address of a forge, below which its repos are cloned; null when there is no such forge. */
  readonly forgeUrl: (forge: string) => string | null;
  readonly now: Clock;
  readonly nudge: () => void;
}

/**
 * Plans as if the ref had just been pushed, so that every rule and guard counts as always, and keeps it as a delivery: why
 * something was built, or nothing, is answered the same way.
 * @throws `rejected` when the forge, the ref or the commit is not there
 */
export function createStart(deps: StartDeps): Start {
  return async (ask, who) => {
    const event = await toEvent(ask, who, deps);
    const { builds, trace, ignored } = await planWith(event, deps.facts.get(ask.forge) ?? null, deps);
    const wanted = builds.filter((request) => isMeant(request, ask));
    const now = deps.now();
    const id = `by-hand-${randomUUID()}`;
    const orders = wanted.map((request) => toOrder(event, request, id, now));
    const ids = [...new Set(orders.map(({ build }) => build.id))];
    const why = wanted.length > 0 ? null : (ignored ?? "no rule builds what was asked for");
    const facts = { receivedAt: now, summary: event, waiting: null, ignored: why, builds: ids, trace };
    const payload = Buffer.from(JSON.stringify(ask));
    await deps.store.accept({ id, forge: ask.forge, event: BY_HAND, headers: {}, payload, ...facts }, orders);
    if (orders.length > 0) deps.nudge();
    return { delivery: id, builds: ids, ignored: why, trace };
  };
}

function isMeant(request: BuildRequest, { rule, hub, target, scratch }: Ask): boolean {
  return (
    (rule === null || request.rule === rule) &&
    (hub === null || request.hub === hub) &&
    (target === null || request.target === target) &&
    (scratch === null || request.scratch === scratch)
  );
}

async function toEvent(ask: Ask, who: string, deps: StartDeps): Promise<ForgeEvent> {
  const { forge, repo: path, ref, sha } = ask;
  const url = deps.forgeUrl(forge);
  const facts = deps.facts.get(forge);
  if (url === null || facts === undefined) throw new KojibridgeError("rejected", `there is no forge ${forge}`);
  if (ref === null) return known(await deps.store.eventOf(forge, path, sha ?? ""), who);
  const commit = await toCommit(path, ref, sha, facts);
  const repo: Repo = { path, cloneUrl: `${url}/${path}.git`, webUrl: `${url}/${path}`, id: 0 };
  const base = { forge, repo, author: who, text: "", sha: commit };
  if (ref.kind === "tag") return { ...base, kind: "tag", tag: ref.name };
  return { ...base, kind: "push", branch: ref.name, before: null, changed: null };
}

function known(event: ForgeEvent | null, author: string): ForgeEvent {
  if (event !== null) return { ...event, author };
  throw new KojibridgeError("rejected", "no push or tag of this commit was ever delivered; say its branch or tag");
}

/** A commit that is said has to be in the history of the branch, or it. */
async function toCommit(repo: string, ref: Ref, sha: string | null, facts: ForgeFacts): Promise<string> {
  const state = await facts.ref(repo, ref);
  if (state === null) throw new KojibridgeError("rejected", `the forge knows no ${ref.kind} ${ref.name} in ${repo}`);
  if (sha === null || sha === state.sha) return state.sha;
  if (ref.kind === "branch" && (await facts.contains(repo, ref.name, sha))) return sha;
  throw new KojibridgeError("rejected", `${ref.kind} ${ref.name} does not have the commit ${sha}`);
}
