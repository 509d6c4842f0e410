import type { MacroStrategy } from "./build.ts";
import { type Macros, mergeMacros, toConditions } from "./macros.ts";
import { effectiveMacros } from "./overrides.ts";
import type { RepoFileLimits, Rule } from "./rule.ts";

/** Where a packaging repo says what the operator leaves to it. */
export const REPO_FILE = ".kojibridge.yaml";

/** What a packaging repo's own file says. It was read at a ref that only people who may push can change. */
export interface RepoFile {
  /** Null: as the rules say. */
  readonly targets: readonly string[] | null;
  /** Of scratch builds. Null: as the rule says. */
  readonly arches: readonly string[] | null;
  readonly macros: Macros;
  /** Build conditionals. */
  readonly on: readonly string[];
  readonly off: readonly string[];
  readonly strategy: MacroStrategy | null;
  /** `FILE:LINE:COLUMN` of a key, or of a part of its value. */
  readonly at: (key: string, part?: string | number) => string;
}

/** What the file may say of this rule's builds: nothing where the operator does not want it read. */
export function limitsOf({ repoFile, build }: Rule): RepoFileLimits | null {
  return repoFile !== null && (build.scratch || repoFile.realBuilds) ? repoFile : null;
}

export interface Heeding {
  readonly rule: Rule;
  readonly limits: RepoFileLimits;
  /** The targets the rule itself names, placeholders filled. */
  readonly own: ReadonlySet<string>;
}

/**
 * Which of the file's targets each rule builds: those it names itself; any other goes to the first rule that lets the file
 * name it.
 */
export function shareTargets(
  file: RepoFile,
  heeding: readonly Heeding[],
): { readonly shares: ReadonlyMap<Rule, readonly string[]>; readonly problems: readonly string[] } {
  const shares = new Map<Rule, string[]>(heeding.map(({ rule }) => [rule, []]));
  const problems: string[] = [];
  for (const [i, target] of (file.targets ?? []).entries()) {
    const owners = heeding.filter(({ own }) => own.has(target));
    const other = heeding.find(({ limits }) => limits.targets?.matches(target));
    const takers = owners.length > 0 ? owners : other === undefined ? [] : [other];
    for (const { rule } of takers) shares.get(rule)?.push(target);
    if (takers.length === 0) problems.push(`${file.at("targets", i)}: ${notAllowed(target, heeding)}`);
  }
  return { shares, problems };
}

function notAllowed(target: string, heeding: readonly Heeding[]): string {
  const there = heeding.flatMap(({ own, limits }) => [...own, ...(limits.targets?.patterns ?? [])]);
  return `target \`${target}\` is not allowed here; allowed: ${[...new Set(there)].join(", ")}`;
}

/** What the operator does not let it set, and what nobody may set who is no operator: one line each. */
export function overrideProblems(file: RepoFile, { macros, conditions }: RepoFileLimits): string[] {
  const none = "none";
  const named = Object.entries(file.macros).flatMap(([name, value]) => {
    const { problems } = effectiveMacros([{ layer: "repo_file", macros: { [name]: value }, allowed: null }]);
    const refused = macros?.matches(name)
      ? []
      : [`macro \`${name}\` is not allowed here; allowed: ${macros?.patterns.join(", ") ?? none}`];
    return [...refused, ...problems].slice(0, 1).map((problem) => `${file.at("macros", name)}: ${problem}`);
  });
  const switched = (["on", "off"] as const).flatMap((side) =>
    file[side].flatMap((name, i) => {
      if (conditions?.matches(name)) return [];
      const allowed = conditions?.patterns.join(", ") ?? none;
      const at = file.at(side === "on" ? "with" : "without", i);
      return [`${at}: build conditional \`${name}\` is not allowed here; allowed: ${allowed}`];
    }),
  );
  return [...named, ...switched];
}

/** As the strongest layer but that of a command takes them. */
export function macrosOf({ macros, on, off }: RepoFile): Macros {
  return mergeMacros([toConditions(on, off), macros]);
}
