import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { Rule } from "../domain/rules.ts";
import type { HubConfig } from "./config.ts";
import { checkRule } from "./crosscheck-rule.ts";
import { readDocument } from "./document.ts";
import { describeIssue, toFindings } from "./issues.ts";
import { looseItems, looseMap, looseMaps } from "./loose.ts";
import { type Finding, formatPath, type Problem } from "./problem.ts";
import { toHub, toRule } from "./resolve.ts";
import { hub } from "./schema-hub.ts";
import { rule } from "./schema-rule.ts";
import { errorCode } from "./secret.ts";
import { mapping, oneOrMany } from "./vocabulary.ts";

/** What the CI step takes from the packaging repo's own file: credentials and the forge are the pipeline's. */
export interface StepFile {
  /** Empty: the hub is the one that the flags or the environment name. */
  readonly hubs: Readonly<Record<string, HubConfig>>;
  readonly rules: readonly Rule[];
}

export type LoadedStep =
  | { readonly ok: true; readonly file: StepFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const { auth: _, ...hubShape } = hub.shape;
const hubSchema = mapping(hubShape);
const repos = oneOrMany(z.string()).default(["github:**", "gitlab:**", "local:**"]);

const schema = mapping({
  hubs: z.record(z.string(), hubSchema).default({}),
  rules: z.array(mapping({ ...rule.shape, repos })).min(1),
});

/** Every problem at once, with line and column. */
export function loadStepFile(path: string): LoadedStep {
  try {
    return parseStepFile(readFileSync(path, "utf8"), path);
  } catch (error) {
    const message = `the file cannot be read (${errorCode(error)})`;
    return { ok: false, problems: [{ file: path, line: 1, column: 1, path: "", message }] };
  }
}

export function parseStepFile(text: string, path: string): LoadedStep {
  const document = readDocument(text);
  const problems: Problem[] = document.problems.map((problem) => ({ file: path, path: "", ...problem }));
  if (!document.usable) return { ok: false, problems };
  const parsed = schema.safeParse(document.value ?? {}, { error: describeIssue });
  for (const { path: at, atKey, message } of [...toFindings(parsed.error?.issues ?? []), ...crosscheck(document.value)])
    problems.push({ file: path, ...document.spotOf(at, atKey), path: formatPath(at), message });
  if (problems.length > 0 || !parsed.success) return { ok: false, problems };
  const context = { directory: dirname(resolve(path)), secrets: new Map() };
  const hubs = Object.entries(parsed.data.hubs).map(([name, one]) => [name, toHub(name, one, context)] as const);
  return {
    ok: true,
    file: { hubs: Object.fromEntries(hubs), rules: parsed.data.rules.map((one) => toRule(one, "scratch")) },
  };
}

/** Who may build is the environment's to say, and so are the names of the forges. */
function crosscheck(root: unknown): Finding[] {
  const { hubs, rules } = looseMap(root);
  const named = Object.fromEntries(looseMaps(hubs).map(([name, one]) => [name, { ...one, auth: { method: "ci" } }]));
  const known = { hubs: hubs === undefined ? null : named, forges: null };
  return looseItems(rules).flatMap((one, i) => checkRule(looseMap(one), ["rules", i], known));
}
