import { Command } from "commander";
import { DEFAULT_CONFIG, readConfig } from "../configuration.ts";
import { EXIT } from "../exit.ts";
import { createRedaction } from "../log.ts";
import { secretsOf } from "../parts.ts";
import type { Check } from "./check.ts";
import { examine } from "./examine.ts";
import { formatChecks, toJson } from "./format.ts";

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Ask every hub and forge of the configuration whether what the rules need is there. Changes nothing.")
    .option("-c, --config <file>", "the configuration", DEFAULT_CONFIG)
    .option("--json", "for programs")
    .action(async (options: { config: string; json?: boolean }) => {
      const config = readConfig(options.config, "required");
      if (config === null) return;
      const checks = hideSecrets(await examine(config), secretsOf(config));
      process.stdout.write(options.json === true ? toJson(checks) : formatChecks(checks));
      if (checks.some((check) => check.status === "fail")) process.exitCode = EXIT.failed;
    });
}

/** No check is meant to hold one; what hubs and forges answer is theirs to write. */
function hideSecrets(checks: readonly Check[], secrets: readonly string[]): Check[] {
  const redact = createRedaction(secrets);
  return checks.map((check) => ({ ...check, seen: redact(check.seen), todo: check.todo && redact(check.todo) }));
}
