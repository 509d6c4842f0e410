import type { ForgeEvent } from "./event.ts";
import { changedPackages } from "./packages.ts";
import { MAX_TEXT, type Patterns } from "./pattern.ts";
import { quote, type Values } from "./placeholders.ts";
import type { Rule } from "./rule.ts";
import { EN } from "./words/words.ts";

export const DRAFT = EN.why_draft;
export const UNKNOWN_PATHS = "paths: changed paths unknown, and this is a real build";
export const UNKNOWN_PACKAGES = "package: changed paths unknown";

export type Verdict = Match | Mismatch;

export interface Match {
  /** What the named groups of the patterns hold. */
  readonly values: Values;
  /** The packages to build; null where the repo is one package. */
  readonly packages: readonly string[] | null;
  readonly pathsUnknown: boolean;
}

interface Mismatch {
  /** The first condition that does not hold. */
  readonly reason: string;
  readonly pathsUnknown: boolean;
}

/** Whether the event is one of the rule's. `paths`: all changed paths, null if they are not known. */
export function judge(rule: Rule, event: ForgeEvent, paths: readonly string[] | null): Verdict {
  const where = whereOf(event);
  const named = [rule.repos.match([where])];
  if (named.includes(null)) return mismatch(noMatch("repos", [where], rule.repos));
  if (!rule.on.includes(event.kind)) return mismatch(`on: this is a ${event.kind}, not a ${rule.on.join(" or ")}`);
  for (const [key, patterns, texts] of conditions(rule, event)) {
    const values = patterns === null ? {} : patterns.match(texts);
    if (patterns !== null && values === null) return mismatch(noMatch(key, texts, patterns));
    named.push(values);
  }
  if (event.kind === "merge_request") {
    if (!rule.build.scratch) return mismatch("build.scratch: a merge request never gets a real build");
    if (event.draft && !rule.drafts) return mismatch(DRAFT);
    if (event.fork && rule.forks === "never") return mismatch("forks: this rule builds no forks");
  }
  const touched = judgePaths(rule, event, paths);
  return "reason" in touched ? touched : { values: Object.assign({}, ...named), ...touched };
}

/** Whether the rule is about that repo and that kind of event at all, whatever its other conditions say. */
export function concerns(rule: Rule, event: ForgeEvent): boolean {
  return rule.repos.matches(whereOf(event)) && rule.on.includes(event.kind);
}

function whereOf({ forge, repo }: ForgeEvent): string {
  return `${forge}:${repo.path}`;
}

type Condition = readonly [key: string, patterns: Patterns | null, texts: readonly string[]];

function conditions(rule: Rule, event: ForgeEvent): Condition[] {
  const authors: Condition = ["authors", rule.authors, [event.author]];
  if (event.kind === "merge_request") {
    const titles: Condition = ["titles", rule.titles, [event.title.slice(0, MAX_TEXT)]];
    return [["branches", rule.branches, [event.branch]], titles, ["labels", rule.labels, event.labels], authors];
  }
  const name: Condition =
    event.kind === "tag" ? ["tags", rule.tags, [event.tag]] : ["branches", rule.branches, [event.branch]];
  return [name, ["messages", rule.messages, [event.text.slice(0, MAX_TEXT)]], authors];
}

/** A tag changes no paths, whatever commit it is on. */
function judgePaths(rule: Rule, event: ForgeEvent, paths: readonly string[] | null): Omit<Match, "values"> | Mismatch {
  const asked = event.kind !== "tag" && (rule.paths !== null || rule.package !== null);
  if (!asked) return { packages: null, pathsUnknown: false };
  if (paths === null) {
    // Which packages there are, only the paths say; and a real build is not made on a guess.
    if (rule.package !== null) return { reason: UNKNOWN_PACKAGES, pathsUnknown: true };
    if (!rule.build.scratch) return { reason: UNKNOWN_PATHS, pathsUnknown: true };
    // Better one scratch build too many than one lost.
    return { packages: null, pathsUnknown: true };
  }
  const touched = rule.paths === null ? paths : paths.filter(rule.paths.matches);
  if (rule.paths !== null && touched.length === 0) {
    return mismatch(`paths: none of the ${paths.length} changed paths matches ${list(rule.paths.patterns)}`);
  }
  if (rule.package === null) return { packages: null, pathsUnknown: false };
  const packages = changedPackages(rule.package, touched);
  if (packages.length === 0) return mismatch(`package: nothing changed below \`${rule.package}\``);
  return { packages, pathsUnknown: false };
}

function mismatch(reason: string): Mismatch {
  return { reason, pathsUnknown: false };
}

const MOST_SHOWN = 5;

function noMatch(key: string, texts: readonly string[], { patterns }: Patterns): string {
  const shown = texts.slice(0, MOST_SHOWN).map(quote);
  const names = [...shown, ...(texts.length > MOST_SHOWN ? ["…"] : [])].join(", ");
  const verb = texts.length === 1 ? "does" : "do";
  return `${key}: ${texts.length === 0 ? "there are none, which" : names} ${verb} not match ${list(patterns)}`;
}

function list(patterns: readonly string[]): string {
  return patterns.map((pattern) => `\`${pattern}\``).join(", ");
}
