import { createGuard } from "../app/guard.ts";
import { createIngest, type Received } from "../app/ingest.ts";
import { createReconcile } from "../app/reconcile.ts";
import type { RepoFiles } from "../app/repo-files.ts";
import { createReportComment } from "../app/report-comment.ts";
import { createReportStatus } from "../app/report-status.ts";
import { createSave, type Save } from "../app/save.ts";
import { createSettle } from "../app/settle.ts";
import { createReconcileSideTag } from "../app/sidetag.ts";
import { createSteps } from "../app/steps.ts";
import { createSweep } from "../app/sweep.ts";
import { tallied } from "../app/tallied.ts";
import { createWatch, type Watch } from "../app/watch.ts";
import { createWorker, type Handlers } from "../app/worker.ts";
import type { CommentMode } from "../domain/build.ts";
import type { CommandKind } from "../domain/commands.ts";
import type { HubLinks } from "../domain/links.ts";
import type { Role } from "../domain/role.ts";
import type { RepoEntry, Rule } from "../domain/rules.ts";
import type { Template } from "../domain/template.ts";
import type { Words } from "../domain/words/words.ts";
import type { Conversation, Forge, ForgeFacts } from "../ports/forge.ts";
import type { Hub } from "../ports/hub.ts";
import type { WorkQueue } from "../ports/queue.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { Acceptance, Store } from "../ports/store.ts";
import type { Tally } from "../ports/tally.ts";
import { type Presence, startPresence } from "./presence.ts";

/** What a bridge is made of; whoever composes it opened these and closes them. */
export interface Parts {
  readonly store: Store;
  readonly queue: WorkQueue;
  readonly hubs: ReadonlyMap<string, Hub>;
  readonly forges: ReadonlyMap<string, Forge>;
  /** Forges that can be asked what their payloads leave out. */
  readonly facts: ReadonlyMap<string, ForgeFacts & Conversation>;
  /** What access to a repo each command needs. */
  readonly roles: Readonly<Record<CommandKind, Role>>;
  /** Who shows where the commit of a real build is. Null: whoever asks for builds here has seen to that. */
  readonly guards: ReadonlyMap<string, ForgeFacts> | null;
  /** The packaging repos' own files. */
  readonly repoFiles: RepoFiles;
  readonly rules: readonly Rule[];
  readonly repos: readonly RepoEntry[];
  readonly comments: CommentMode;
  /** Context of the summary status; null: none. */
  readonly summary: string | null;
  readonly webUrl: (hub: string) => string | null;
  readonly links: (hub: string) => HubLinks;
  /** The wording of the comment. */
  readonly comment: Template;
  /** Milliseconds between two looks at a hub. */
  readonly pollInterval: (hub: string) => number;
  /** How often a build on that hub is tried again when the infrastructure failed. */
  readonly infraRetries: (hub: string) => number;
  /** The language of the reports. */
  readonly words: Words;
  /** What must appear in no digest of a log. */
  readonly secrets: readonly string[];
  /** What carries macros: something on the hub, or the SRPM, which whoever composes this has made with them. */
  readonly macrosIn: "hub" | "srpm";
  /** Milliseconds a side tag lives there without being used. */
  readonly sidetagLifetime: (hub: string) => number;
  readonly isReserved: (hub: string, target: string) => boolean;
  readonly ownLogin: (forge: string) => string | null;
  readonly tally: Tally;
  readonly log: Log;
  readonly now: Clock;
}

export interface Bridge {
  /** Something became due: look soon. */
  nudge(): void;
  ingest(received: Received): Promise<Acceptance>;
  /**
   * From now on with these; store, queue, log and clock stay what they were. What is under way ends with what it began with:
   * resolves when it has.
   */
  replace(parts: Parts): Promise<void>;
  /** Takes up no more work and resolves when what was begun is saved. */
  stop(): Promise<void>;
}

/** What a process does: receive, work, or both (docs/operate.md). */
export const PROCESS_ROLES = ["all", "web", "worker"] as const;
export type ProcessRole = (typeof PROCESS_ROLES)[number];

/** Wires the application layer and sets it going: whatever the database holds is taken up where it was left. */
export function startBridge(parts: Parts, role: ProcessRole = "all"): Bridge {
  const { store, queue, log, now } = parts;
  const sweep = createSweep(store, queue, now, log, role === "web" ? "when nudged" : "steadily");
  const { nudge } = sweep;
  const toIngest = (given: Parts) =>
    createIngest({ ...given, facts: new Set(given.facts.keys()), inbox: store, nudge });
  let ingest = toIngest(parts);
  const work = role === "web" ? null : startWork(parts, nudge);
  return {
    nudge,
    ingest: (received) => ingest(received),
    async replace(next) {
      ingest = toIngest(next);
      await work?.replace(next);
      nudge();
    },
    async stop() {
      await Promise.all([sweep.stop(), work === null ? queue.close() : work.stop()]);
    },
  };
}

/** Reconciles what it is woken for, and watches the hubs that no other process watches. */
function startWork(parts: Parts, nudge: () => void): Pick<Bridge, "replace" | "stop"> {
  const { store, queue, log, now } = parts;
  const save = tallied(createSave(store, nudge), parts.tally);
  const watches = new Map<string, { readonly hub: Hub; readonly interval: number; readonly watch: Watch }>();
  const onNudge = (hub: string) => watches.get(hub)?.watch.soon();
  let { hubs } = parts;
  const presence = startPresence({ store, hubs: () => [...hubs.keys()], onNudge, log });
  // Nothing is submitted before the others can know that this process lives.
  void presence.ready.then(nudge);
  const { watchSoon, writers } = presence;
  const toHandlers = (given: Parts) => wire(given, { save, watchSoon, writers, nudge });
  let handlers = toHandlers(parts);
  const underWay = new Set<Promise<void>>();
  const worker = createWorker((kind, id) => handlers[kind](id), now, log);
  queue.consume((key) => {
    const one = worker(key).finally(() => underWay.delete(one));
    underWay.add(one);
    return one;
  });

  /** Those of hubs that are as they were go on undisturbed. */
  async function watchHubs(given: Parts): Promise<void> {
    const ended = [...watches].filter(
      ([name, { hub, interval }]) => given.hubs.get(name) !== hub || given.pollInterval(name) !== interval,
    );
    for (const [name] of ended) watches.delete(name);
    for (const [name, hub] of given.hubs) {
      if (watches.has(name)) continue;
      const interval = given.pollInterval(name);
      const lease = () => presence.watching(name);
      watches.set(name, { hub, interval, watch: createWatch({ name, hub, store, save, now, log, interval, lease }) });
    }
    await Promise.all(ended.map(([, { watch }]) => watch.stop()));
  }

  void watchHubs(parts);
  return {
    async replace(next) {
      hubs = next.hubs;
      handlers = toHandlers(next);
      await Promise.all([watchHubs(next), ...underWay]);
    },
    async stop() {
      await Promise.all([queue.close(), ...[...watches.values()].map(({ watch }) => watch.stop())]);
      // Last: until then it has to count as living.
      await presence.stop();
    },
  };
}

type Shared = Pick<Presence, "watchSoon" | "writers"> & { readonly save: Save; readonly nudge: () => void };

/** What is done for each kind of key. */
function wire(parts: Parts, shared: Shared): Handlers {
  const { nudge } = shared;
  const base = { ...parts, ...shared, jitter: Math.random };
  const guard = parts.guards === null ? [] : [createGuard({ ...base, facts: parts.guards })];
  // First, so that nothing is made for a build that will be refused; and last, just before it is sent.
  const deps = { ...base, steps: [...guard, ...createSteps(base), ...guard] };
  return {
    delivery: createSettle({ ...deps, nudge }),
    build: createReconcile(deps),
    status: createReportStatus(deps),
    comment: createReportComment(deps),
    sidetag: createReconcileSideTag({ ...deps, nudge, lifetime: parts.sidetagLifetime }),
  };
}
