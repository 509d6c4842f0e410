import type { z } from "zod";
import { didYouMean } from "../domain/suggest.ts";
import { looseItems, looseMap } from "./loose.ts";
import type { Finding, Path } from "./problem.ts";

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Said where a union fails, until the branch that was meant says it better. */
const VARIANTS = "none of the variants";

/** Our words for what zod found, where the schema itself has none. */
export const describeIssue: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) return `missing${descriptionOf(issue)}`;
  if (issue.input === null) return "no value; give it one or remove the key";
  switch (issue.code) {
    case "invalid_type":
      return `expected ${KINDS[issue.expected] ?? issue.expected}, got ${kindOf(issue)}${hint(issue)}`;
    case "invalid_value": {
      const known = issue.values.map(String);
      const suggestion = typeof issue.input === "string" ? didYouMean(issue.input, known) : "";
      return `expected ${known.join(", ")}; got ${show(issue.input)}${suggestion}`;
    }
    case "invalid_union":
      return issue.discriminator === undefined
        ? VARIANTS
        : wrongVariant(issue.discriminator, issue.options, issue.input);
    case "too_small":
      return "the list is empty; name at least one";
    default:
      return undefined;
  }
};

/** Zod's issues as findings: unions told by the branch that was meant, unknown keys one by one. */
export function toFindings(issues: readonly z.core.$ZodIssue[], prefix: Path = []): Finding[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
    if (issue.code === "unrecognized_keys") {
      const messages = issue.message.split("\n");
      return issue.keys.map((key, i) => ({ path: [...path, key], atKey: true, message: messages[i] ?? "unknown key" }));
    }
    const branches = issue.code === "invalid_union" ? issue.errors : [];
    const meant =
      branches.find((branch) => !branch.some(isWrongKind)) ??
      (issue.message === VARIANTS ? branches[0]?.slice(0, 1) : undefined);
    return meant ? toFindings(meant, path) : [{ path, message: issue.message }];
  });
}

function isWrongKind(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

const KINDS: Partial<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  object: "a mapping (key: value)",
  record: "a mapping (name: {…})",
  array: "a list",
};

function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return value.length > 60 ? "a long text" : JSON.stringify(value);
  return `the ${typeof value} ${String(value)}`;
}

/** A text is not repeated: it may be a secret in the wrong place. */
function kindOf(issue: RawIssue): string {
  const harmless = typeof issue.input !== "string" || (issue.code === "invalid_type" && issue.expected === "boolean");
  return harmless ? show(issue.input) : "text";
}

function hint(issue: RawIssue): string {
  const scalar = typeof issue.input === "number" || typeof issue.input === "boolean";
  return issue.code === "invalid_type" && issue.expected === "string" && scalar ? "; put it in quotes" : "";
}

function descriptionOf(issue: RawIssue): string {
  const description = issue.inst && "description" in issue.inst ? issue.inst.description : undefined;
  return typeof description === "string" ? `: ${description.split(/\.(?: |$)/, 1)[0]}` : "";
}

function wrongVariant(key: string, options: unknown, input: unknown): string {
  const value = looseMap(input)[key];
  const known = looseItems(options).map(String);
  if (value === undefined) return `missing; expected ${known.join(", ")}`;
  return `expected ${known.join(", ")}; got ${show(value)}${typeof value === "string" ? didYouMean(value, known) : ""}`;
}
