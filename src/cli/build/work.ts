import { setTimeout as delay } from "node:timers/promises";
import { createFollower } from "../../ci/follow.ts";
import type { Interruption } from "../../ci/result.ts";
import { createView } from "../../ci/view.ts";
import type { Build } from "../../domain/build.ts";
import { explain, isKind, KojibridgeError } from "../../domain/errors.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Store } from "../../ports/store.ts";
import { type Bridge, startBridge } from "../bridge.ts";
import { cancelAll } from "./cancel.ts";
import { openForges } from "./forge.ts";
import { createUploader } from "./package.ts";
import { openHub, openStepParts, type StepHub } from "./parts.ts";
import { forgeTokenOf, type Step } from "./step.ts";
import { waitForBuilds } from "./waiting.ts";

/** How the builds stood when waiting ended; `hubs` are still open. */
export interface Worked {
  readonly builds: readonly Build[];
  readonly interruption: Interruption;
  readonly hubs: ReadonlyMap<string, StepHub>;
}

/** Two runners see each other's tasks after this long at the latest; a `build()` commits in less. */
const SETTLE_MS = 2_000;

/** Submits, or finds again, and waits. */
export async function work(step: Step, srpms: ReadonlyMap<string, string>, delivery: string): Promise<Worked> {
  const { orders, pipeline, printer, host, wish } = step;
  const hubs = await openHubs(step, srpms);
  const builds = new Map<string, Build>();
  const view = createView(printer, (hub) => hubs.get(hub)?.webUrl ?? null, Date.now);
  const saved = (build: Build) => {
    builds.set(build.id, build);
    view.show(build);
  };
  const forges = await openForges(pipeline, forgeTokenOf(host));
  const parts = await openStepParts(hubs, forges, orders.hubs, step.credentials.secrets, createStepLog(step), saved);
  const begun = Date.now();
  for (const name of new Set(orders.rules.map(({ build }) => build.hub))) await login(name, hubs, step);
  const bridge = startBridge({ ...parts, rules: orders.rules });
  try {
    const call = {
      id: delivery,
      forge: step.event.forge,
      event: step.event.kind,
      headers: {},
      payload: Buffer.alloc(0),
    };
    const acceptance = await bridge.ingest({ ...call, parsed: step.event });
    await Promise.all(acceptance.builds.map((id) => remember(parts.store, id, builds)));
    const following = wish.follow ? follow(step, hubs, builds) : null;
    const interruption = await waitForBuilds({
      builds,
      untilFinal: wish.wait,
      deadline: wish.timeout === null ? null : begun + wish.timeout,
      patience: wish.patience,
      signal: host.signal,
      tick: view.tick,
      now: Date.now,
    });
    await following?.stop();
    await end(step, interruption, bridge, builds, hubs);
    if (interruption === null && forges.size > 0) await everythingSaid(parts.store);
    return { builds: [...builds.values()], interruption, hubs };
  } finally {
    await Promise.race([bridge.stop(), delay(GRACE_MS, undefined, { ref: false })]);
    await parts.store.close();
  }
}

const GRACE_MS = 2_000;

async function openHubs(step: Step, srpms: ReadonlyMap<string, string>): Promise<Map<string, StepHub>> {
  const { orders, pipeline, wish, credentials, printer, host } = step;
  const hubs = new Map<string, StepHub>();
  for (const [name, config] of Object.entries(orders.hubs)) {
    const hub = await openHub(
      config,
      credentials,
      {
        asker: { run: pipeline.run, byHand: pipeline.byHand, force: wish.force },
        adopted: (_, task) => printer.line(`found task ${task} of an earlier job for the same build, going on with it`),
        settle: Math.min(SETTLE_MS, config.pollInterval),
        signal: host.signal,
      },
      (client) => createUploader(step, srpms, client),
    );
    hubs.set(name, hub);
  }
  return hubs;
}

/** What is wrong with the credentials is said at once; a hub that is away gets time to come back. */
async function login(name: string, hubs: ReadonlyMap<string, StepHub>, { wish, printer, host }: Step): Promise<void> {
  const hub = hubs.get(name);
  if (hub?.canBuild !== true)
    throw new KojibridgeError(
      "invalid",
      "no credentials: set KOJI_USERNAME and KOJI_PASSWORD, or KOJI_CERT, or KOJI_PRINCIPAL and KOJI_KEYTAB",
    );
  const until = Date.now() + wish.patience;
  for (let wait = 1_000; ; wait = Math.min(wait * 2, 30_000)) {
    try {
      await hub.hub.session();
      return;
    } catch (error) {
      if (!isKind(error, "transient", "throttled") || Date.now() + wait > until || host.signal.aborted) throw error;
      printer.line(`waiting: ${explain(error)}`);
      await delay(wait, undefined, { signal: host.signal });
    }
  }
}

/** Saves may have told of it already. */
async function remember(store: Store, id: string, builds: Map<string, Build>): Promise<void> {
  const build = await store.build(id);
  if (build !== null && !builds.has(id)) builds.set(id, build);
}

function follow({ printer, orders }: Step, hubs: ReadonlyMap<string, StepHub>, builds: ReadonlyMap<string, Build>) {
  const filesOf = (hub: string) => {
    const found = hubs.get(hub);
    if (found === undefined) throw new KojibridgeError("bug", `no hub ${hub}`);
    return found.files;
  };
  const follower = createFollower(filesOf, (arch, line) => printer.foreign(`${arch}: ${line}`));
  const pause = Math.min(...Object.values(orders.hubs).map(({ pollInterval }) => pollInterval));
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await follower.next([...builds.values()]);
      await delay(pause);
    }
    await follower.next([...builds.values()]);
  })();
  return {
    async stop() {
      stopped = true;
      await loop;
    },
  };
}

async function end(
  { wish, printer }: Step,
  interruption: Interruption,
  bridge: Bridge,
  builds: ReadonlyMap<string, Build>,
  hubs: ReadonlyMap<string, StepHub>,
): Promise<void> {
  if (interruption === null) return;
  const words = { timeout: "--timeout is over", canceled: "the job is being canceled", hub: "the hub does not answer" };
  printer.line(`kojibridge: ${words[interruption]}`);
  // A job that is run again finds the task, and goes on waiting.
  if (interruption === "hub" || !wish.cancel) return;
  const canceled = await cancelAll(bridge, builds, new Map([...hubs].map(([name, { hub }]) => [name, hub])));
  for (const task of canceled) printer.line(`canceled task ${task}`);
}

const SAYING_MS = 30_000;

/** Statuses and comments that are owed when the last build has ended. */
async function everythingSaid(store: Store): Promise<void> {
  const until = Date.now() + SAYING_MS;
  while (Date.now() < until && (await store.due(Number.MAX_SAFE_INTEGER, 1)).length > 0) await delay(100);
}

/** The builds' own lines say what people need; the rest is for `--verbose`. */
function createStepLog({ wish, host, credentials }: Step): Log {
  const tell = (level: string) => (facts: object, message: string) => {
    if (!wish.verbose) return;
    const text = `${level} ${message} ${JSON.stringify(facts)}\n`;
    host.warn(credentials.secrets.reduce((left, secret) => left.replaceAll(secret, "***"), text));
  };
  return { debug: tell("debug"), info: tell("info"), warn: tell("warn"), error: tell("error") };
}
