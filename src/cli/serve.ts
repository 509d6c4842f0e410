import { setTimeout as delay } from "node:timers/promises";
import { Command, Option } from "commander";
import type { Logger } from "pino";
import { catchUp } from "../app/catch-up.ts";
import { createRetention } from "../app/retention.ts";
import type { Config } from "../config/config.ts";
import { type Address, parseAddress } from "../config/units.ts";
import { explain } from "../domain/errors.ts";
import { createRefusals, type Refusals } from "../http/refusals.ts";
import { createMachineServer, createServer, type ServerDeps } from "../http/server.ts";
import { createEntrance } from "../http/swap.ts";
import { type Bridge, PROCESS_ROLES, type ProcessRole, startBridge } from "./bridge.ts";
import { DEFAULT_CONFIG, readConfig } from "./configuration.ts";
import { createDoorPolicy } from "./door.ts";
import { EXIT } from "./exit.ts";
import { createFace } from "./face.ts";
import { createLog } from "./log.ts";
import { type OpenParts, openParts, secretsOf } from "./parts.ts";
import { type Reload, startReload } from "./reload.ts";
import { counted, createScrape } from "./scrape.ts";
import { createSendings } from "./sendings.ts";

const LOG_LEVELS = ["debug", "info", "warn", "error"];

export function serveCommand(): Command {
  return new Command("serve")
    .description("Receive webhooks, build on Koji, report back. Runs until SIGTERM or SIGINT.")
    .option("-c, --config <file>", "the configuration", DEFAULT_CONFIG)
    .addOption(
      new Option("--role <role>", "web: receive; worker: build and report; all: both")
        .choices(PROCESS_ROLES)
        .default("all"),
    )
    .option("--listen <address>", "instead of the configured one; a worker without it does not listen")
    .addOption(new Option("--log-level <level>", "how much is logged").choices(LOG_LEVELS).default("info"))
    .action(async (options: ServeOptions) => {
      const config = readConfig(options.config, "required");
      if (config === null) return;
      const duty = toDuty(options, config);
      if ("problem" in duty) return refuse(duty.problem);
      let secrets = secretsOf(config);
      const log = createLog(() => secrets, options.logLevel);
      const starting = openParts(config, log).then((parts) => serve(config, parts, log, duty));
      const apply = async (next: Config) => {
        // What was a secret may still be one elsewhere.
        secrets = [...new Set([...secrets, ...secretsOf(next)])];
        await (await starting).replace(next);
      };
      const reload = startReload({ file: options.config, env: process.env, apply, log });
      process.on("SIGHUP", () => void reload.now("SIGHUP"));
      try {
        stopOnSignal(await starting, reload, log);
      } catch (error) {
        reload.stop();
        log.fatal({ error: explain(error) }, "cannot start");
        process.exitCode = EXIT.failed;
      }
    });
}

interface ServeOptions {
  readonly config: string;
  readonly role: ProcessRole;
  readonly listen?: string;
  readonly logLevel: string;
}

/** What this process does, and where it listens. */
interface Duty {
  readonly role: ProcessRole;
  readonly listen: Address | null;
}

function toDuty({ role, listen: text }: ServeOptions, { server, queue }: Config): Duty | { readonly problem: string } {
  const listen = text === undefined ? null : parseAddress(text);
  if (text !== undefined && listen === null) return { problem: "--listen is HOST:PORT, such as 127.0.0.1:8080" };
  if (role === "web" && queue.kind === "local")
    return {
      problem:
        "--role web wakes workers of other processes, which `queue: local` cannot; write queue: redis://HOST:PORT",
    };
  return { role, listen: listen ?? (role === "worker" ? null : server.listen) };
}

function refuse(problem: string): void {
  process.stderr.write(`kojibridge: ${problem}\n`);
  process.exitCode = EXIT.usage;
}

export interface Service {
  /** `http://host:port`, the port as the system gave it; empty for one that does not listen. */
  readonly url: string;
  /** From now on with this configuration; throws when it cannot, and then nothing has changed. */
  replace(config: Config): Promise<void>;
  stop(): Promise<void>;
}

/** Listens and works. Takes over `parts` and closes them in the end. */
export async function serve(
  config: Config,
  parts: OpenParts,
  log: Logger,
  { role, listen }: Duty = { role: "all", listen: config.server.listen },
): Promise<Service> {
  let current = { config, parts };
  const bridge = startBridge(parts, role);
  const { store, now } = parts;
  const policy = () => current.config.retention;
  const tidying = role === "web" ? [] : [createRetention({ archive: store, policy, now, log })];
  const workers = [bridge, ...tidying];
  const refusals = createRefusals(now);
  const toApp = (given: typeof current) => {
    const deps = toServerDeps(given, bridge, refusals, log);
    return role === "worker" ? createMachineServer(deps) : createServer(deps);
  };
  const app = toApp(current);
  const entrance = createEntrance(app);
  const end = () => stop(entrance, workers, current.parts);

  async function replace(next: Config): Promise<void> {
    const old = current;
    warnOfFixed(old.config, next, log);
    const fresh = { config: next, parts: await openParts(next, log, old.parts) };
    await entrance.swap(toApp(fresh));
    current = fresh;
    // What is under way may take as long as a hub does; the new ones need not wait for it.
    void bridge.replace(fresh.parts).then(() => old.parts.disconnect(fresh.parts));
  }

  try {
    const url = listen === null ? "" : await app.listen({ ...listen });
    for (const { name, build } of config.rules)
      if (build.unprotected) log.warn({ rule: name }, "real builds of what is not protected: who may push decides");
    log.info(
      { url, role, database: config.database.kind, queue: config.queue.kind },
      url === "" ? "kojibridge works" : "kojibridge listens",
    );
    if (role !== "web") void catchUpSinceLast(current, log);
    return { url, replace, stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}

const LONGEST_ABSENCE_MS = 24 * 60 * 60_000;

/** What forges could not deliver while nobody was here. In the background: nothing waits for it. */
async function catchUpSinceLast({ config, parts: { store, now } }: Current, log: Logger): Promise<void> {
  try {
    const [last] = (await store.deliveryPage({}, 1, null)).items;
    if (last === undefined) return;
    const since = Math.max(last.receivedAt, now() - LONGEST_ABSENCE_MS);
    const { resent, unknown } = await catchUp({ store, sendings: await createSendings(config), log }, since);
    const facts = { since: new Date(since).toISOString(), resent: resent.length, notAsked: unknown.length };
    log.info(facts, "caught up with what was missed");
  } catch (error) {
    log.warn({ error: explain(error) }, "cannot catch up; `kojibridge catch-up` does it by hand");
  }
}

interface Current {
  readonly config: Config;
  readonly parts: OpenParts;
}

function toServerDeps({ config, parts }: Current, bridge: Bridge, refusals: Refusals, log: Logger): ServerDeps {
  return {
    refusals,
    ...createFace(config, parts, bridge, refusals, log),
    receivers: parts.receivers,
    ingest: counted(bridge.ingest, parts),
    log,
    ready: () => parts.store.ready(),
    bodyLimit: config.server.bodyLimit,
    door: createDoorPolicy(() => config),
    apiToken: () => config.server.apiToken?.reveal() ?? null,
    metrics: { answered: parts.metrics.answered, render: createScrape(parts) },
  };
}

/** What a running process cannot change. */
function warnOfFixed(old: Config, next: Config, log: Logger): void {
  const fixed = ({ server, database, queue }: Config) => ({ "server.listen": server.listen, database, queue });
  const [before, after] = [Object.entries(fixed(old)), new Map<string, unknown>(Object.entries(fixed(next)))];
  for (const [key, value] of before)
    if (JSON.stringify(value) !== JSON.stringify(after.get(key)))
      log.warn({ key }, "this changes with a restart only; all else is taken up");
}

interface Stoppable {
  stop(): Promise<void>;
}

/** What hangs on a hub that does not answer is cut off then; the record says how to go on. */
const GRACE_MS = 10_000;

/** First the door, then the work, then what it was done with. */
async function stop(
  app: { close(): Promise<unknown> },
  workers: readonly Stoppable[],
  parts: OpenParts,
): Promise<void> {
  await app.close();
  const working = Promise.all(workers.map((worker) => worker.stop()));
  await Promise.race([working, delay(GRACE_MS, undefined, { ref: false })]);
  await parts.disconnect();
  await working;
  await parts.store.close();
}

/** The first signal ends what was begun; a second one does not wait for it. */
function stopOnSignal(service: Service, reload: Reload, log: Logger): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(EXIT.failed);
    stopping = true;
    log.info({ signal }, "stopping");
    reload.stop();
    service.stop().then(
      () => log.info({}, "stopped"),
      (error) => log.error({ error: explain(error) }, "stopped with an error"),
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}
