import { Command } from "commander";
import { existing, openStore } from "../adapters/store/open.ts";
import { catchUp } from "../app/catch-up.ts";
import { parseDuration } from "../config/units.ts";
import { explain } from "../domain/errors.ts";
import { DEFAULT_CONFIG, readConfig } from "./configuration.ts";
import { EXIT } from "./exit.ts";
import { createLog } from "./log.ts";
import { secretsOf, toAddress } from "./parts.ts";
import { createSendings } from "./sendings.ts";

interface Options {
  readonly config: string;
  readonly since: string;
  readonly dryRun?: boolean;
}

export function catchUpCommand(): Command {
  return new Command("catch-up")
    .description("Have the forges send again what they could not deliver. What is known already is not asked for.")
    .option("-c, --config <file>", "the configuration", DEFAULT_CONFIG)
    .option("--since <duration>", "how far back, such as 6h", "6h")
    .option("--dry-run", "only say what is missing")
    .action(async (options: Options) => {
      const age = parseDuration(options.since);
      const config = age === null ? null : readConfig(options.config, "required");
      if (age === null) {
        process.stderr.write("kojibridge: --since is a duration, such as 6h\n");
        process.exitCode = EXIT.usage;
      }
      if (age === null || config === null) return;
      const log = createLog(secretsOf(config), "error");
      try {
        const store = await openStore(existing(toAddress(config.database)));
        const sendings = await createSendings(config);
        const done = await catchUp({ store, sendings, log }, Date.now() - age, options.dryRun);
        await store.close();
        process.stdout.write(`${JSON.stringify(done)}\n`);
        if (done.unknown.length > 0) process.exitCode = EXIT.failed;
      } catch (error) {
        process.stderr.write(`kojibridge: ${explain(error)}\n`);
        process.exitCode = EXIT.failed;
      }
    });
}
