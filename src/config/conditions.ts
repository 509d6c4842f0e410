import { compilePattern, compileRepoPattern, isExclusion, type Pattern } from "../domain/pattern.ts";
import { type EventKind, isBuiltIn } from "../domain/placeholders.ts";
import { type Loose, looseTexts } from "./loose.ts";
import type { Finding, Path } from "./problem.ts";

/** The keys of a rule whose patterns may name groups, and the events that ask them. */
const NAMING: Readonly<Record<string, readonly EventKind[]>> = {
  repos: ["push", "tag", "merge_request"],
  branches: ["push", "merge_request"],
  tags: ["tag"],
  labels: ["merge_request"],
  authors: ["push", "tag", "merge_request"],
  titles: ["merge_request"],
  messages: ["push", "tag"],
};

/** Keys that only some events ask. */
export const ASKED_ON: Readonly<Record<string, readonly EventKind[]>> = {
  ...NAMING,
  paths: ["push", "merge_request"],
  drafts: ["merge_request"],
};

interface Written {
  readonly text: string;
  readonly path: Path;
  readonly pattern: Pattern;
}

/** Those patterns under one key that can be read; what is wrong with the others is said elsewhere. */
function written(rule: Loose, key: string, path: Path): Written[] {
  const compile = key === "repos" ? compileRepoPattern : compilePattern;
  return looseTexts(rule[key], [...path, key]).flatMap(({ value, path }) => {
    try {
      return [{ text: value, path, pattern: compile(isExclusion(value) ? value.slice(1) : value) }];
    } catch {
      return [];
    }
  });
}

/** Named groups that cannot be placeholders. */
export function groupFindings(rule: Loose, path: Path): Finding[] {
  const taken: [name: string, key: string][] = [];
  return [...Object.keys(NAMING), "paths"].flatMap((key) => {
    const findings = written(rule, key, path).flatMap(({ text, path, pattern }) =>
      pattern.names.flatMap((name) => {
        const message = groupProblem(name, key, isExclusion(text), taken);
        return message === null ? [] : [{ path, message }];
      }),
    );
    for (const name of namesUnder(rule, key)) taken.push([name, key]);
    return findings;
  });
}

function groupProblem(name: string, key: string, excluded: boolean, taken: [string, string][]): string | null {
  if (excluded) return `the group \`${name}\` is in an exclusion, which leaves nothing to build`;
  if (key === "paths") return `the group \`${name}\` would have one value for each path; see \`package\``;
  if (isBuiltIn(name)) return `{${name}} is a placeholder already; give the group another name`;
  const other = taken.find(([earlier, at]) => earlier === name && meet(at, key));
  return other ? `the group \`${name}\` is in \`${other[1]}\` as well; give one of them another name` : null;
}

/** Whether one event asks both. */
function meet(a: string, b: string): boolean {
  return NAMING[a]?.some((kind) => NAMING[b]?.includes(kind)) === true;
}

/** The groups somebody may want as placeholders. */
export function groupNames(rule: Loose): string[] {
  return Object.keys(NAMING).flatMap((key) => namesUnder(rule, key));
}

function namesUnder(rule: Loose, key: string): string[] {
  const included = written(rule, key, []).filter(({ text }) => !isExclusion(text));
  return [...new Set(included.flatMap(({ pattern }) => pattern.names))];
}

/** When a group that some pattern names has no value on one of these events, or null. */
export function groupGap(rule: Loose, name: string, on: readonly EventKind[]): string | null {
  const keys = Object.keys(NAMING).filter((key) => namesUnder(rule, key).includes(name));
  const kind = on.find((kind) => !keys.some((key) => NAMING[key]?.includes(kind)));
  if (kind !== undefined) return `on ${kind}${on.length > 1 ? "; make that a rule of its own" : ""}`;
  for (const key of keys) {
    const without = written(rule, key, []).find(
      ({ text, pattern }) => !isExclusion(text) && !pattern.certain.includes(name),
    );
    if (without) return `where ${key} matches \`${without.text}\`; make that a rule of its own`;
  }
  return null;
}
