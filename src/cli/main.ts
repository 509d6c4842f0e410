import { Command } from "commander";
import { explain } from "../domain/errors.ts";
import { BUILD_EXIT_HELP, EXIT, EXIT_HELP } from "./exit.ts";
import { version } from "./version.ts";

/** In the order of `--help`. Only what runs is loaded: half of a start is reading modules. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  build: async () => (await import("./build/command.ts")).buildCommand(),
  serve: async () => (await import("./serve.ts")).serveCommand(),
  check: async () => (await import("./check.ts")).checkCommand(),
  doctor: async () => (await import("./doctor/command.ts")).doctorCommand(),
  plan: async () => (await import("./plan.ts")).planCommand(),
  macros: async () => (await import("./macros/command.ts")).macrosCommand(),
  demo: async () => (await import("./demo/command.ts")).demoCommand(),
  replay: async () => (await import("./replay.ts")).replayCommand(),
  "catch-up": async () => (await import("./catch-up.ts")).catchUpCommand(),
  migrate: async () => (await import("./migrate.ts")).migrateCommand(),
};

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
  for (const command of await commandsFor(argv[2]))
    program.addCommand(command.copyInheritedSettings(program).addHelpText("after", exitHelp(command.name())));
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/** The one that is named; for help and for a mistake, all there are. */
async function commandsFor(name = ""): Promise<Command[]> {
  const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return Promise.all((named === undefined ? Object.values(COMMANDS) : [named]).map((load) => load()));
}

function exitHelp(command: string): string {
  return command === "build" ? BUILD_EXIT_HELP : EXIT_HELP;
}

/** commander has written its own errors; help and version are no errors. */
function exitCodeOf(error: unknown): number {
  if (error instanceof Error && "exitCode" in error) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  process.stderr.write(`kojibridge: ${explain(error)}\n`);
  return EXIT.failed;
}
