import { z } from "zod";
import { macroProblem } from "../domain/macros.ts";
import { REPO_FILE, type RepoFile } from "../domain/repo-file.ts";
import { readDocument } from "./document.ts";
import { describeIssue, toFindings } from "./issues.ts";
import { type Loose, looseMap } from "./loose.ts";
import { overrideFindings } from "./overrides.ts";
import { type Finding, formatPath, formatProblem, type Path, type Problem } from "./problem.ts";
import { overrideShape } from "./schema-macros.ts";
import { arch } from "./schema-rule.ts";
import { targetProblem } from "./templates.ts";
import { checked, mapping, oneOrMany } from "./vocabulary.ts";

/** Written by people; what is larger is something else. */
const MAX_CHARS = 64 * 1024;

const target = checked((text) =>
  /[{}]/.test(text) ? "no placeholders here: write the target's name" : targetProblem(text),
);

/** What may be in it. `hubs` and `rules` are what the CI step reads from the same file. */
const schema = mapping({
  targets: oneOrMany(target)
    .optional()
    .describe("What is built, of the targets that the operator's rules name or allow. Default: as the rules say.")
    .meta({ examples: [["f43-candidate", "f42-candidate"]] }),
  arches: z
    .array(arch)
    .min(1)
    .optional()
    .describe("Scratch builds only for these.")
    .meta({ examples: [["x86_64"]] }),
  ...overrideShape,
  hubs: z.unknown().optional().describe("For the CI step (docs/ci.md); the service reads its operator's."),
  rules: z.unknown().optional().describe("For the CI step (docs/ci.md); the service reads its operator's."),
});

export type ParsedRepoFile =
  | { readonly ok: true; readonly file: RepoFile }
  /** `FILE:LINE:COLUMN: …`, at least one. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Every mistake at once. What the operator does not allow is found later, with the rules. */
export function parseRepoFile(text: string, name = REPO_FILE): ParsedRepoFile {
  if (text.length > MAX_CHARS) return { ok: false, problems: [`${name}:1:1: larger than ${MAX_CHARS} characters`] };
  const document = readDocument(text);
  const problems: Problem[] = document.problems.map((problem) => ({ file: name, path: "", ...problem }));
  if (!document.usable) return toRefusal(problems);
  const parsed = schema.safeParse(document.value ?? {}, { error: describeIssue });
  const findings: Finding[] = [...toFindings(parsed.error?.issues ?? []), ...crosscheck(looseMap(document.value))];
  for (const { path, atKey, message } of findings)
    problems.push({ file: name, ...document.spotOf(path, atKey), path: formatPath(path), message });
  if (problems.length > 0 || !parsed.success) return toRefusal(problems);
  const { targets, arches, macros, with: on, without: off, macro_strategy: strategy } = parsed.data;
  const place = (path: Path) => {
    const { line, column } = document.spotOf(path);
    return `${name}:${line}:${column}`;
  };
  return {
    ok: true,
    file: {
      targets: targets === undefined ? null : [targets].flat(),
      arches: arches ?? null,
      macros: macros ?? {},
      on: on ?? [],
      off: off ?? [],
      strategy: strategy ?? null,
      at: (key, part) =>
        place(Array.isArray(looseMap(document.value)[key]) || key === "macros" ? pathOf(key, part) : [key]),
    },
  };
}

function pathOf(key: string, part: string | number | undefined): Path {
  return part === undefined ? [key] : [key, part];
}

/** Whoever may push is not the operator: nothing here may run code where rpm expands it. */
function crosscheck(root: Loose): Finding[] {
  const macros = Object.entries(looseMap(root.macros)).flatMap(([name, value]): Finding[] => {
    if (typeof value !== "string" && value !== null) return [];
    const message = macroProblem(name, value, true) ?? null;
    const untrusted = message === null ? macroProblem(name, value, false) : null;
    return untrusted === null ? [] : [{ path: ["macros", name], message: untrusted }];
  });
  return [...macros, ...overrideFindings(root, [])];
}

function toRefusal(problems: readonly Problem[]): ParsedRepoFile {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, problems: [...new Set(sorted.map(formatProblem))] };
}

/** For editors, JSON Schema 2020-12. */
export function repoFileJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return { $schema, title: "kojibridge: a packaging repository's own file", ...rest };
}
