import { buildCommand } from "../src/cli/build/command.ts";
import { toArguments } from "./inputs.ts";

/** The `build` command with the runner's inputs for flags; sets the exit code, never throws. */
export async function run(): Promise<void> {
  // Node 24 may warn of the SQLite it brings; nobody who reads a job's log can act on that.
  process.removeAllListeners("warning");
  const token = process.env.INPUT_TOKEN;
  if (token !== undefined && token !== "") process.env.KOJIBRIDGE_FORGE_TOKEN = token;
  try {
    const command = buildCommand().exitOverride((error) => {
      throw error;
    });
    await command.parseAsync(toArguments(process.env), { from: "user" });
  } catch (error) {
    process.stdout.write(`::error::${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
