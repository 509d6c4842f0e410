/**
 * A Koji hub world: hub, scheduler, builders and kojira of one Koji installation, over a real socket. It answers as a real hub
 * 1.35.3 does and refuses what that refuses; test/contract/hub-world.test.ts holds it against recorded traffic.
 *
 * ```ts
 * const world = createHubWorld({ speed: 20 });     // 20 seconds of Koji per second; speed 0: the clock moves by advance() only
 * await world.listen();                            // any free port; world.url is http://127.0.0.1:PORT/kojihub
 * // user kojibridge, password kojibridge-test-password; targets f42-candidate, c9s-candidate (seed.ts)
 * // a scratch build of git+https://any.host/rpms/hello.git#<sha> succeeds; fail-build, fail-aarch64, fail-srpm, fail-deps,
 * // fail-checkout, fail-crash, fail-infra, hang-…, slow-… do what they say, unless `outcome` decides otherwise
 * world.advance(60_000);
 * world.buildTasks();                              // top-level build tasks: state, request, owner …
 * world.count("build");                            // requests seen, also those that were dropped
 * world.faults.dropAnswerAfterCommit("build");     // executed, committed, answer lost
 * const gate = world.faults.hold("build");         // in flight, holding its session's row lock …
 * await gate.reached; gate.release();              // … until the test lets it go
 * await world.faults.down(); await world.faults.up();
 * await world.close();
 * ```
 */

import { type BuildSubject, type Outcome, outcomeByName, type Timing } from "./builder/outcome.ts";
import { createPlans } from "./builder/plan.ts";
import { createScheduler } from "./builder/scheduler.ts";
import { createSteps } from "./builder/steps.ts";
import { createClock } from "./clock.ts";
import type { Core } from "./core.ts";
import { createDatabase, type Numbering } from "./database.ts";
import { find } from "./find.ts";
import { handleRequest, type IdentityHeaders } from "./http.ts";
import { createLocks } from "./locks.ts";
import { createMethods } from "./methods/index.ts";
import type { Session, Tag, TaskRow } from "./rows.ts";
import { type Content, DEFAULT_CONTENT, seed } from "./seed.ts";
import { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
import { createSocket } from "./socket.ts";
import { createSteering, type Faults } from "./steering.ts";

export type { Timing } from "./builder/outcome.ts";
export type { Numbering, Sequence } from "./database.ts";
export { type Content, DEFAULT_CONTENT } from "./seed.ts";
export type { Policy } from "./settings.ts";

export interface HubWorldOptions {
  /** Replaces parts of DEFAULT_CONTENT. */
  readonly content?: Partial<Content>;
  /** How a build ends; default by the package's name. */
  readonly outcome?: (subject: BuildSubject) => Outcome;
  readonly timing?: Partial<Timing>;
  /** Seconds of the world per second; 0: it stands still. Default 1. */
  readonly speed?: number;
  /** Where the world's clock starts, epoch milliseconds; default now. */
  readonly start?: number;
  readonly settings?: Partial<Settings>;
  /** Headers of a trusted proxy that say who the client is; default: none, sslLogin is refused with 401. */
  readonly identityHeaders?: IdentityHeaders;
  /** Chooses ids; default: counted from 1. */
  readonly numbering?: Numbering;
}

export interface HubWorld {
  /** Binds 127.0.0.1; port 0 or none: any free one. */
  listen(port?: number): Promise<void>;
  close(): Promise<void>;
  readonly url: string;
  readonly webUrl: string;
  readonly topUrl: string;
  /** The world's time, epoch milliseconds. */
  now(): number;
  advance(ms: number): void;
  readonly faults: Faults;
  /** The changeable parts of hub.conf. */
  readonly settings: Settings;
  tasks(): readonly TaskRow[];
  /** Top-level `build` tasks, oldest first. */
  buildTasks(): readonly TaskRow[];
  sessions(): readonly Session[];
  tags(): readonly Tag[];
  /** As after SessionRenewalTimeout: 1007 until renewed. */
  expireSession(id: number): void;
  /** A blocked user cannot log in, and its sessions are refused. */
  blockUser(name: string, blocked?: boolean): void;
  /** Requests seen, of one method or of all. */
  count(method?: string): number;
}

export function createHubWorld(options: HubWorldOptions = {}): HubWorld {
  const core = createCore(options);
  const steering = createSteering();
  const counts = new Map<string, number>();
  const seen = (method: string) => counts.set(method, (counts.get(method) ?? 0) + 1);
  const deps = { core, methods: createMethods(), steering, identityHeaders: options.identityHeaders, seen };
  const socket = createSocket((request, response) => handleRequest(deps, request, response));
  const at = (path: string) => `http://127.0.0.1:${socket.port()}${path}`;
  return {
    listen: (port = 0) => socket.open(port),
    async close() {
      core.clock.stop();
      steering.faults.clear();
      await socket.close();
    },
    get url() {
      return at("/kojihub");
    },
    get webUrl() {
      return at("/koji");
    },
    get topUrl() {
      return at("/kojifiles");
    },
    now: () => core.clock.now(),
    advance: (ms) => core.clock.advance(ms),
    faults: {
      ...steering.faults,
      offline: (message = "server is offline") => {
        core.settings.offline = message;
      },
      online: () => {
        core.settings.offline = null;
      },
      down: () => socket.close(),
      up: () => socket.open(socket.port()),
    },
    settings: core.settings,
    tasks: () => [...core.db.tasks.values()],
    buildTasks: () => [...core.db.tasks.values()].filter((task) => task.method === "build" && task.parent === null),
    sessions: () => [...core.db.sessions.values()],
    tags: () => [...core.db.tags.values()],
    expireSession(id) {
      const session = core.db.sessions.get(id);
      if (session !== undefined) session.expired = true;
    },
    blockUser(name, blocked = true) {
      const user = find(core.db.users.values(), (one) => one.name === name);
      if (user !== undefined) user.blocked = blocked;
    },
    count: (method) =>
      method === undefined ? [...counts.values()].reduce((sum, n) => sum + n, 0) : (counts.get(method) ?? 0),
  };
}

function createCore(options: HubWorldOptions): Core {
  const nothing = () => {};
  const core: Core = {
    db: createDatabase(options.numbering),
    clock: createClock(options.start ?? Date.now(), options.speed ?? 1),
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    locks: createLocks(),
    taskCreated: nothing,
    taskEnded: nothing,
    repoRequested: nothing,
  };
  const plans = createPlans(core, options.outcome ?? outcomeByName, options.timing ?? {});
  createScheduler(core, createSteps(plans), plans.timingOf);
  seed(core, { ...DEFAULT_CONTENT, ...options.content });
  return core;
}
