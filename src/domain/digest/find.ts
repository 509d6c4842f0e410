import type { Page } from "./page.ts";
import type { LogKind, Rule } from "./rule.ts";
import { RULES } from "./rules/index.ts";
import { type FailureClass, LIMITS } from "./types.ts";

/** How far a rule's `below` looks. */
export const LOOK_BELOW = 12;

export type Phase = "init" | "build";

/** A line that a rule knows. */
export interface Finding {
  readonly rule: Rule;
  readonly page: Page;
  readonly at: number;
  /** The lower, the nearer to the cause. */
  readonly score: number;
}

interface Desk {
  readonly rules: readonly Rule[];
  /** Whether a line holds what any rule needs: nearly all lines stop here. */
  readonly gate: RegExp;
}

const KINDS: readonly LogKind[] = ["build", "root", "mock", "checkout", "fault"];
const DESKS: ReadonlyMap<LogKind, Desk> = new Map(KINDS.map((kind) => [kind, toDesk(kind)]));

function toDesk(kind: LogKind): Desk {
  const rules = RULES.filter((rule) => (typeof rule.log === "string" ? rule.log === kind : rule.log.includes(kind)));
  const needs = [...new Set(rules.map((rule) => rule.needs))];
  // What contains another need is found by that one.
  const short = needs.filter((need) => !needs.some((other) => other !== need && need.includes(other)));
  return { rules, gate: new RegExp(short.map(literal).join("|")) };
}

/** `RegExp.escape` is younger than the oldest Node.js we run on. */
function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** The best one, or null. Earlier logs, lines and rules go first among equals. */
export function bestOf(findings: readonly Finding[]): Finding | null {
  let best: Finding | null = null;
  for (const finding of findings) if (best === null || finding.score < best.score) best = finding;
  return best;
}

/** One finding per line at most, in the order of the log. */
export function findAll(page: Page, phase: Phase): Finding[] {
  const desk = DESKS.get(page.kind);
  const rules = desk?.rules.filter((rule) => isFor(rule, page, phase)) ?? [];
  const found: Finding[] = [];
  for (const at of candidates(page, desk?.gate ?? /(?!)/)) {
    const line = (page.lines[at] ?? "").slice(0, LIMITS.match);
    if (IGNORED.test(line)) dropLately(found, at);
    const rule = bestRule(rules, line, page, at);
    if (rule !== null) found.push({ rule, page, at, score: scoreOf(rule, page) });
  }
  return found;
}

/** `make: [Makefile:3: x] Error 1 (ignored)`: what was said just before was no failure. */
const IGNORED = /^g?make(?:\[\d+\])?: .*\(ignored\)$/;

function dropLately(found: Finding[], at: number): void {
  while (found.length > 0 && (found.at(-1)?.at ?? 0) >= at - 15) found.pop();
}

function candidates(page: Page, gate: RegExp): number[] {
  const found: number[] = [];
  for (let at = page.from; at < page.to; at += 1) {
    const line = page.lines[at] ?? "";
    if (gate.test(line.length > LIMITS.match ? line.slice(0, LIMITS.match) : line)) found.push(at);
  }
  if (found.length <= LIMITS.candidates) return found;
  return [...found.slice(0, LIMITS.candidates / 2), ...found.slice(-LIMITS.candidates / 2)];
}

function isFor(rule: Rule, page: Page, phase: Phase): boolean {
  if (rule.phase !== undefined && rule.phase !== phase) return false;
  return rule.in === undefined || (page.section !== null && rule.in.includes(page.section));
}

function bestRule(rules: readonly Rule[], line: string, page: Page, at: number): Rule | null {
  let best: Rule | null = null;
  for (const rule of rules) {
    if (best !== null && scoreOf(rule, page) >= scoreOf(best, page)) continue;
    if (line.includes(rule.needs) && rule.pattern.test(line) && isWhole(rule, page, at)) best = rule;
  }
  return best;
}

function isWhole({ strict, below }: Rule, { lines }: Page, at: number): boolean {
  if (strict === undefined) return true;
  return lines.slice(at + 1, at + 1 + LOOK_BELOW).some((line) => below?.test(line.slice(0, LIMITS.match)));
}

/** The machine underneath fails in any section. */
const ANYWHERE: readonly FailureClass[] = ["tests", "resources", "timeout"];

/** Tests print errors when they are well: in %check the name of a failed test goes before. */
function scoreOf(rule: Rule, page: Page): number {
  return (rule.rank ?? 1) + (page.section === "%check" && !ANYWHERE.includes(rule.class) ? 0.5 : 0);
}
