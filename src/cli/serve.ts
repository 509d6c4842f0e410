import { setTimeout as delay } from "node:timers/promises";
import { Command, Option } from "commander";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { explain } from "../domain/errors.ts";
import { createRefusals } from "../http/refusals.ts";
import { createServer } from "../http/server.ts";
import { type Bridge, startBridge } from "./bridge.ts";
import { DEFAULT_CONFIG, readConfig } from "./configuration.ts";
import { createDoorPolicy } from "./door.ts";
import { EXIT } from "./exit.ts";
import { createFace } from "./face.ts";
import { createLog } from "./log.ts";
import { type OpenParts, openParts, secretsOf } from "./parts.ts";
import { counted, createScrape } from "./scrape.ts";

const LOG_LEVELS = ["debug", "info", "warn", "error"];

export function serveCommand(): Command {
  return new Command("serve")
    .description("Receive webhooks, build on Koji, report back. Runs until SIGTERM or SIGINT.")
    .option("-c, --config <file>", "the configuration", DEFAULT_CONFIG)
    .addOption(new Option("--log-level <level>", "how much is logged").choices(LOG_LEVELS).default("info"))
    .action(async (options: { config: string; logLevel: string }) => {
      const config = readConfig(options.config, "required");
      if (config === null) return;
      const log = createLog(secretsOf(config), options.logLevel);
      try {
        const service = await serve(config, await openParts(config, log), log);
        stopOnSignal(service, log);
      } catch (error) {
        log.fatal({ error: explain(error) }, "cannot start");
        process.exitCode = EXIT.failed;
      }
    });
}

export interface Service {
  /** `http://host:port`, the port as the system gave it. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens and works. Takes over `parts` and closes them in the end. */
export async function serve(config: Config, parts: OpenParts, log: Logger): Promise<Service> {
  const bridge = startBridge(parts);
  const { receivers, store } = parts;
  const ingest = counted(bridge.ingest, parts);
  const refusals = createRefusals(parts.now);
  const app = createServer({
    refusals,
    ...createFace(config, parts, bridge, refusals, log),
    receivers,
    ingest,
    log,
    ready: () => store.ready(),
    bodyLimit: config.server.bodyLimit,
    door: createDoorPolicy(() => config),
    apiToken: () => config.server.apiToken?.reveal() ?? null,
    metrics: { answered: parts.metrics.answered, render: createScrape(parts) },
  });
  try {
    const url = await app.listen({ ...config.server.listen });
    log.info({ url, database: config.database.kind }, "kojibridge listens");
    return { url, stop: () => stop(app, bridge, parts) };
  } catch (error) {
    await stop(app, bridge, parts);
    throw error;
  }
}

/** What hangs on a hub that does not answer is cut off then; the record says how to go on. */
const GRACE_MS = 10_000;

/** First the door, then the work, then what it was done with. */
async function stop(app: { close(): Promise<unknown> }, bridge: Bridge, parts: OpenParts): Promise<void> {
  await app.close();
  const working = bridge.stop();
  await Promise.race([working, delay(GRACE_MS, undefined, { ref: false })]);
  await parts.disconnect();
  await working;
  await parts.store.close();
}

/** The first signal ends what was begun; a second one does not wait for it. */
function stopOnSignal(service: Service, log: Logger): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(EXIT.failed);
    stopping = true;
    log.info({ signal }, "stopping");
    service.stop().then(
      () => log.info({}, "stopped"),
      (error) => log.error({ error: explain(error) }, "stopped with an error"),
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}
