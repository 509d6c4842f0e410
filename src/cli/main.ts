import { Command } from "commander";
import { explain } from "../domain/errors.ts";
import { checkCommand } from "./check.ts";
import { demoCommand } from "./demo/command.ts";
import { doctorCommand } from "./doctor/command.ts";
import { EXIT, EXIT_HELP } from "./exit.ts";
import { migrateCommand } from "./migrate.ts";
import { planCommand } from "./plan.ts";
import { replayCommand } from "./replay.ts";
import { serveCommand } from "./serve.ts";
import { version } from "./version.ts";

/** Parses the command line and runs one command; sets the exit code, never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("kojibridge")
    .description("The bridge between Git forges and Koji: pushes, tags and merge requests become Koji builds.")
    .version(version())
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", EXIT_HELP)
    .exitOverride((error) => {
      throw error;
    });
  for (const command of [
    serveCommand(),
    checkCommand(),
    doctorCommand(),
    planCommand(),
    demoCommand(),
    replayCommand(),
    migrateCommand(),
  ])
    program.addCommand(command.copyInheritedSettings(program).addHelpText("after", EXIT_HELP));
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/** commander has written its own errors; help and version are no errors. */
function exitCodeOf(error: unknown): number {
  if (error instanceof Error && "exitCode" in error) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  process.stderr.write(`kojibridge: ${explain(error)}\n`);
  return EXIT.failed;
}
