import { Command } from "commander";
import { configJsonSchema } from "../config/schema.ts";
import { explain } from "../domain/errors.ts";
import { DEFAULT_CONFIG, readConfig } from "./configuration.ts";
import { EXIT } from "./exit.ts";
import { resolveHubs } from "./hubs.ts";

export function checkCommand(): Command {
  return new Command("check")
    .description("Read the configuration and the secrets it refers to; say everything that is wrong with it.")
    .option("-c, --config <file>", "the configuration", DEFAULT_CONFIG)
    .option("--schema", "print the JSON Schema of the configuration instead, for editors")
    .action(async (options: { config: string; schema?: boolean }) => {
      if (options.schema === true) {
        process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
        return;
      }
      const config = readConfig(options.config, "required");
      if (config === null) return;
      try {
        await resolveHubs(config);
      } catch (error) {
        process.stderr.write(`${options.config}: ${explain(error)}\n`);
        process.exitCode = EXIT.usage;
        return;
      }
      const { hubs, forges, rules } = config;
      const counts = `${Object.keys(hubs).length} hub(s), ${Object.keys(forges).length} forge(s), ${rules.length} rule(s)`;
      process.stdout.write(`${options.config}: ok, ${counts}\n`);
    });
}
