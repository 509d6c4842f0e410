import { type Build, type BuildRequest, isFinal } from "../domain/build.ts";
import { COMMANDS, type Command } from "../domain/commands.ts";
import type { ForgeEvent, MergeRequestEvent, PersonEvent } from "../domain/event.ts";
import { inlineCode } from "../domain/markdown.ts";
import { describe } from "../domain/report.ts";
import { inLanguage, say, type Words } from "../domain/words/words.ts";
import type { Conversation, ForgeFacts } from "../ports/forge.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { BuildStore, Delivery, Inbox, Wish, Wishes } from "../ports/store.ts";
import { toOrder } from "./order.ts";
import { type PlanDeps, planWith } from "./plan-with.ts";

export interface ObeyDeps extends PlanDeps {
  readonly store: Inbox & BuildStore & Wishes;
  readonly facts: ReadonlyMap<string, ForgeFacts & Conversation>;
  readonly words: Words;
  readonly now: Clock;
  readonly log: Log;
  /** Work became due. */
  readonly nudge: () => void;
}

export interface Scope {
  readonly delivery: Delivery;
  readonly event: PersonEvent;
  readonly facts: ForgeFacts;
  readonly deps: ObeyDeps;
  /** Whether this person's word lets a fork's code through. */
  readonly mayApprove: boolean;
}

/** What a command becomes. `refused` and `said` are for whoever wrote it. */
export type Done = { readonly refused: string } | { readonly wishes: readonly Wish[]; readonly said: string | null };

/** Turns one allowed command into wishes; changes nothing itself. Errors: those of the forge and the store. */
export async function carryOut(command: Command, scope: Scope): Promise<Done> {
  if (command.kind === "help") return { wishes: [], said: help(scope.deps.words) };
  const place = await findPlace(scope);
  if ("refused" in place) return place;
  switch (command.kind) {
    case "build":
      return build(command, place, scope);
    case "approve":
      return approve(command, place, scope);
    case "retry":
      return retry(command.which, place, scope);
    case "cancel":
      return cancel(command.target, place, scope);
    case "status":
      return status(place, scope);
  }
}

function help(words: Words): string {
  return [say(words, "cmd_help"), ...Object.values(COMMANDS).map((usage) => `- \`${usage}\``)].join("\n");
}

/** The commit a command is about, and the merge request if there is one. */
interface Place {
  readonly sha: string;
  readonly mr: MergeRequestEvent | null;
}

async function findPlace({ event, facts, deps }: Scope): Promise<Place | { readonly refused: string }> {
  if (event.kind === "button" || event.sha !== null) return { sha: event.sha ?? "", mr: null };
  const repo = event.repo.path;
  const mr = event.mr === null ? null : await facts.mergeRequest({ repo, mr: event.mr });
  if (mr === null) return { refused: say(deps.words, "cmd_no_mr") };
  if (mr.action === "closed" || mr.action === "merged") return { refused: say(deps.words, "cmd_mr_over") };
  return { sha: mr.sha, mr };
}

async function build(
  command: Extract<Command, { kind: "build" }>,
  { sha, mr }: Place,
  { event, facts, deps, delivery, mayApprove }: Scope,
): Promise<Done> {
  const { words } = deps;
  if (command.real && mr !== null) return { refused: say(words, "cmd_mr_real") };
  const about: ForgeEvent | null = mr ?? (await deps.store.eventOf(event.forge, event.repo.path, sha));
  if (about === null) return { refused: say(words, "cmd_no_event") };
  const { builds, ignored, trusted } = await planWith(about, facts, deps);
  const wanted = choose(builds, command, words);
  if ("refused" in wanted)
    return ignored === null ? wanted : { refused: say(words, "cmd_nothing", { why: inLanguage(words, ignored) }) };
  const seen = mayApprove && mr?.fork ? await whyUnseen({ sha, mr }, event, deps) : null;
  if (seen !== null) return { refused: seen };
  const now = deps.now();
  const orders = wanted.requests.map((request) => toOrder(about, request, delivery.id, now, trusted || mayApprove));
  const ids = orders.map((order) => order.build.id);
  return {
    wishes: [
      { kind: "order", orders, delivery },
      { kind: "again", builds: ids },
    ],
    said: null,
  };
}

function choose(
  builds: readonly BuildRequest[],
  { targets, arches, macros, real }: Extract<Command, { kind: "build" }>,
  words: Words,
): { readonly requests: BuildRequest[] } | { readonly refused: string } {
  const kind = builds.filter((request) => request.scratch !== real);
  if (kind.length === 0) return { refused: say(words, real ? "cmd_no_real" : "cmd_no_scratch") };
  const known = new Set(kind.map((request) => request.target));
  const unknown = targets.find((target) => !known.has(target));
  if (unknown !== undefined) {
    const there = [...known].map(inlineCode).join(", ");
    return { refused: say(words, "cmd_no_target", { target: inlineCode(unknown), targets: there }) };
  }
  const chosen = kind.filter(({ target }) => targets.length === 0 || targets.includes(target));
  return { requests: chosen.map((request) => override(request, arches, macros)) };
}

function override(
  request: BuildRequest,
  arches: readonly string[],
  macros: Readonly<Record<string, string | null>>,
): BuildRequest {
  const said = Object.entries(macros);
  const kept = request.macros.filter(({ name }) => !Object.hasOwn(macros, name));
  const added = said.flatMap(([name, value]) => (value === null ? [] : [{ name, value, layer: "command" as const }]));
  const all = [...kept, ...added].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { ...request, ...(arches.length > 0 ? { arches } : {}), ...(said.length > 0 ? { macros: all } : {}) };
}

async function approve(
  command: Extract<Command, { kind: "approve" }>,
  { sha, mr }: Place,
  { event, deps }: Scope,
): Promise<Done> {
  if (mr === null || !mr.fork) return { refused: say(deps.words, "cmd_no_fork") };
  if (command.sha !== null && !sha.startsWith(command.sha))
    return { refused: say(deps.words, "cmd_moved", { sha: short(sha) }) };
  // With the commit said, whenever it was written: that is what was looked at.
  const unseen = command.sha === null ? await whyUnseen({ sha, mr }, event, deps) : null;
  if (unseen !== null) return { refused: unseen };
  const place = { repo: event.repo.path, mr: mr.mr };
  return { wishes: [{ kind: "approve", forge: event.forge, mr: place, sha, all: command.all }], said: null };
}

/** Whoever wrote the comment saw what was there then. A push since, told or not yet told, is not what they meant. */
async function whyUnseen({ sha, mr }: Place, event: PersonEvent, { store, words }: ObeyDeps): Promise<string | null> {
  if (mr === null || event.kind !== "comment") return null;
  const known = await store.headOf(event.forge, { repo: event.repo.path, mr: mr.mr });
  if (known?.head === sha && known.since <= event.at) return null;
  return say(words, "cmd_unseen", { sha: short(sha) });
}

function short(sha: string): string {
  return sha.slice(0, 12);
}

async function buildsAt({ sha, mr }: Place, { event, deps }: Scope): Promise<Build[]> {
  const repo = event.repo.path;
  if (event.kind !== "button") return deps.store.buildsOf(event.forge, repo, mr?.mr ?? null, sha);
  const builds = await deps.store.builds({ repo, sha, limit: 100 });
  return builds.filter(({ id, forge }) => forge === event.forge && (event.build === null || event.build === id));
}

async function retry(which: "failed" | "all", place: Place, scope: Scope): Promise<Done> {
  const over = (await buildsAt(place, scope)).filter(({ phase }) => isFinal(phase));
  const chosen = which === "all" ? over : over.filter(({ phase }) => phase !== "succeeded");
  const none = which === "all" ? "cmd_none_over" : "cmd_none_failed";
  if (chosen.length === 0) return { refused: say(scope.deps.words, none, { sha: short(place.sha) }) };
  return { wishes: [{ kind: "again", builds: chosen.map(({ id }) => id) }], said: null };
}

async function cancel(target: string | null, place: Place, scope: Scope): Promise<Done> {
  const running = (await buildsAt(place, scope)).filter(({ phase, ending }) => !isFinal(phase) && ending === null);
  const chosen = running.filter(
    ({ request }) => target === null || target === request.target || target === request.context,
  );
  const { words } = scope.deps;
  if (chosen.length === 0 && target === null) return { refused: say(words, "cmd_none_running") };
  if (chosen.length === 0) return { refused: say(words, "cmd_none_on", { target: inlineCode(target ?? "") }) };
  const reason = `canceled by ${scope.event.author}`;
  return { wishes: [{ kind: "cancel", builds: chosen.map(({ id }) => id), reason }], said: null };
}

async function status(place: Place, scope: Scope): Promise<Done> {
  const { words } = scope.deps;
  const builds = await buildsAt(place, scope);
  const lines = builds
    .slice(-20)
    .map((build) => `- ${inlineCode(build.request.context)}: ${inlineCode(describe(build, words))}`);
  const title = say(words, lines.length === 0 ? "cmd_none" : "cmd_builds", { sha: short(place.sha) });
  return { wishes: [], said: [title, ...lines].join("\n") };
}
