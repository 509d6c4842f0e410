import { createGuard } from "../app/guard.ts";
import { createIngest, type Received } from "../app/ingest.ts";
import { createReconcile } from "../app/reconcile.ts";
import type { RepoFiles } from "../app/repo-files.ts";
import { createReportComment } from "../app/report-comment.ts";
import { createReportStatus } from "../app/report-status.ts";
import { createSave } from "../app/save.ts";
import { createSettle } from "../app/settle.ts";
import { createReconcileSideTag } from "../app/sidetag.ts";
import { createSteps } from "../app/steps.ts";
import { createSweep } from "../app/sweep.ts";
import { tallied } from "../app/tallied.ts";
import { createWatch, type Watch } from "../app/watch.ts";
import { createWorker } from "../app/worker.ts";
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
  /** Takes up no more work and resolves when what was begun is saved. */
  stop(): Promise<void>;
}

/** Wires the application layer and sets it going: whatever the database holds is taken up where it was left. */
export function startBridge(parts: Parts): Bridge {
  const { store, queue, hubs, log, now } = parts;
  const sweep = createSweep(store, queue, now, log);
  const nudge = sweep.nudge;
  const save = tallied(createSave(store, nudge), parts.tally);
  const watches = new Map<string, Watch>();
  const watchSoon = (hub: string) => watches.get(hub)?.soon();
  const base = { ...parts, save, jitter: Math.random, watchSoon, nudge };
  const guard = parts.guards === null ? [] : [createGuard({ ...base, facts: parts.guards })];
  // First, so that nothing is made for a build that will be refused; and last, just before it is sent.
  const deps = { ...base, steps: [...guard, ...createSteps(base), ...guard] };
  const handlers = {
    delivery: createSettle({ ...deps, nudge }),
    build: createReconcile(deps),
    status: createReportStatus(deps),
    comment: createReportComment(deps),
    sidetag: createReconcileSideTag({ ...deps, nudge, lifetime: parts.sidetagLifetime }),
  };
  queue.consume(createWorker(handlers, now, log));
  for (const [name, hub] of hubs)
    watches.set(name, createWatch({ name, hub, store, save, now, log, interval: parts.pollInterval(name) }));
  return {
    nudge,
    ingest: createIngest({ ...parts, facts: new Set(parts.facts.keys()), inbox: store, nudge }),
    async stop() {
      await Promise.all([sweep.stop(), queue.close(), ...[...watches.values()].map((watch) => watch.stop())]);
    },
  };
}
