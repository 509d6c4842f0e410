import { Command } from "commander";
import { existing, openStore, titleOf } from "../adapters/store/open.ts";
import { createIngest } from "../app/ingest.ts";
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
async function replay(config: Config, id: string) {
  const database = existing(toAddress(config.database));
  const store = await openStore(database);
  try {
    const stored = await store.delivery(id);
    if (stored === null) throw new KojibridgeError("invalid", `there is no delivery ${id} in ${titleOf(database)}`);
    const forge = config.forges[stored.forge];
    if (forge === undefined)
      throw new KojibridgeError("invalid", `the configuration has no forge ${stored.forge} any more`);
    const parsed = createReceiver(forge, false).parse(stored.event, JSON.parse(stored.payload.toString("utf8")));
    const { rules, repos, reports } = config;
    const ingest = createIngest({
      inbox: store,
      facts: new Set(Object.keys(config.forges)),
      rules,
      repos,
      comments: reports.comments,
      summary: reports.summary,
      ownLogin: () => null,
      now: Date.now,
      nudge: () => undefined,
    });
    const again = `${id}.replay-${Date.now()}`;
    const { builds, ignored } = await ingest({ ...stored, id: again, parsed });
    return { delivery: again, builds, ignored };
  } finally {
    await store.close();
  }
}
