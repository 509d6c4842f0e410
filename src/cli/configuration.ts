import type { Config } from "../config/config.ts";
import { type LoadOptions, loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { EXIT } from "./exit.ts";

export const DEFAULT_CONFIG = "kojibridge.yaml";

/** The configuration, or null after every problem was printed and the exit code set. */
export function readConfig(path: string, secrets: NonNullable<LoadOptions["secrets"]>): Config | null {
  const loaded = loadConfig(path, { env: process.env, secrets });
  if (loaded.ok) return loaded.config;
  for (const problem of loaded.problems) process.stderr.write(`${formatProblem(problem)}\n`);
  process.exitCode = EXIT.usage;
  return null;
}
