import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readCommentTemplate } from "./comment-template.ts";
import type { Config } from "./config.ts";
import { crosscheck } from "./crosscheck.ts";
import { readDocument } from "./document.ts";
import { filesOf } from "./files.ts";
import { describeIssue, toFindings } from "./issues.ts";
import { readDatabaseOnly, readOutside, skipOutside } from "./outside.ts";
import { type Finding, formatPath, type Problem } from "./problem.ts";
import { toConfig } from "./resolve.ts";
import { schema } from "./schema.ts";
import { errorCode } from "./secret.ts";

export type Loaded =
  /** `files`: all it was read from. */
  | { readonly ok: true; readonly config: Config; readonly files: readonly string[] }
  /** At least one, in the order of the file. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface LoadOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * `optional`: nothing beside the file is read, for commands that contact nobody. `database`: only what opens the
   * database. Default `required`.
   */
  readonly secrets?: "required" | "database" | "optional";
}

const OUTSIDE = { required: readOutside, database: readDatabaseOnly, optional: skipOutside };

/** Far above any configuration written by people. */
const MAX_BYTES = 1024 * 1024;

/** Reads the YAML file at `path`, and the secrets it refers to. Every problem at once. */
export function loadConfig(path: string, options: LoadOptions): Loaded {
  const text = readText(path);
  return typeof text === "string"
    ? parseConfig(text, path, options)
    : { ok: false, problems: [atStart(path, text.problem)] };
}

/** The same for a text that is not in a file; paths in it are relative to where `path` says it is. */
export function parseConfig(text: string, path: string, options: LoadOptions): Loaded {
  const document = readDocument(text);
  const problems: Problem[] = document.problems.map((problem) => ({ file: path, path: "", ...problem }));
  if (!document.usable) return { ok: false, problems: inOrder(problems) };
  if (document.value === null) {
    return {
      ok: false,
      problems: [...problems, atStart(path, "the file is empty; start from templates/kojibridge-minimal.yaml")],
    };
  }
  const file = resolve(path);
  const directory = dirname(file);
  const outside = OUTSIDE[options.secrets ?? "required"](document.value, { env: options.env, directory });
  const own = readCommentTemplate((options.secrets ?? "required") === "required" ? document.value : null, directory);
  const parsed = schema.safeParse(document.value, { error: describeIssue });
  const findings: Finding[] = [
    ...toFindings(parsed.error?.issues ?? []),
    ...crosscheck(document.value),
    ...outside.findings,
    ...own.findings,
  ];
  for (const { path: at, atKey, message } of findings) {
    problems.push({ file: path, ...document.spotOf(at, atKey), path: formatPath(at), message });
  }
  problems.push(...own.problems);
  if (problems.length > 0 || !parsed.success) return { ok: false, problems: inOrder(problems) };
  return {
    ok: true,
    files: filesOf(document.value, file, directory),
    config: toConfig(parsed.data, file, { directory, secrets: outside.secrets, comment: own.template }),
  };
}

function readText(path: string): string | { readonly problem: string } {
  try {
    if (statSync(path).size > MAX_BYTES) return { problem: "the file is larger than 1 MB" };
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (error instanceof TypeError) return { problem: "the file is not UTF-8 text" };
    return { problem: `the file cannot be read (${errorCode(error)})` };
  }
}

function atStart(file: string, message: string): Problem {
  return { file, line: 1, column: 1, path: "", message };
}

/** By place; what says the same of the same place is said once. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
