import { Command } from "commander";
import { existing, openStore, titleOf } from "../adapters/store/open.ts";
import { createIngest } from "../app/ingest.ts";
import { createReplay, type Replayed } from "../app/replay.ts";
import type { Config } from "../config/config.ts";
import { explain, KojibridgeError } from "../domain/errors.ts";
import { DEFAULT_CONFIG, readConfig } from "./configuration.ts";
import { EXIT } from "./exit.ts";
import { toAddress } from "./parts.ts";
import { createReceiver } from "./receivers.ts";

export function replayCommand(): Command {
  return new Command("replay")
    .description(
      "Take a stored delivery in again, under the rules of today. Builds that exist already are not repeated.",
    )
    .argument("<delivery>", "the delivery's id, as the answer to the webhook and the log name it")
    .option("-c, --config <file>", "the configuration", DEFAULT_CONFIG)
    .action(async (id: string, options: { config: string }) => {
      const config = readConfig(options.config, "database");
      if (config === null) return;
      try {
        process.stdout.write(`${JSON.stringify(await replay(config, id))}\n`);
      } catch (error) {
        process.stderr.write(`kojibridge: ${explain(error)}\n`);
        process.exitCode = EXIT.failed;
      }
    });
}

/** Writes to the database only; a `serve` on the same database takes the builds up within a second. */
async function replay(config: Config, id: string): Promise<Replayed> {
  const { rules, repos, reports, forges } = config;
  const database = existing(toAddress(config.database));
  const inbox = await openStore(database);
  try {
    if ((await inbox.delivery(id)) === null)
      throw new KojibridgeError("invalid", `there is no delivery ${id} in ${titleOf(database)}`);
    const now = Date.now;
    const facts = new Set(Object.keys(forges));
    const ingest = createIngest({
      inbox,
      facts,
      rules,
      repos,
      comments: reports.comments,
      summary: reports.summary,
      ownLogin: () => null,
      now,
      nudge: () => undefined,
    });
    const receivers = new Map(Object.values(forges).map((forge) => [forge.name, createReceiver(forge, false)]));
    return await createReplay({ inbox, receivers, ingest, now })(id);
  } finally {
    await inbox.close();
  }
}
