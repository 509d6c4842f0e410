import type { BuildRequest, CommentMode, Guard, MacroStrategy } from "./build.ts";
import type { ForgeEvent, MergeRequestEvent, Repo } from "./event.ts";
import { concerns, DRAFT, judge, type Match, UNKNOWN_PACKAGES, UNKNOWN_PATHS, type Verdict } from "./matching.ts";
import { type Effective, effectiveMacros, type LayerMacros } from "./overrides.ts";
import { isPackageName, packagePath, specPath } from "./packages.ts";
import {
  defaultSource,
  type Filled,
  fill,
  fillContext,
  fillSource,
  fillTarget,
  placeholderValues,
  quote,
  type Values,
} from "./placeholders.ts";
import { limitsOf, macrosOf, overrideProblems, type RepoFile, shareTargets } from "./repo-file.ts";
import type { BuildSpec, RepoEntry, Rule } from "./rule.ts";
import type { Notice } from "./summary.ts";
import { EN, say } from "./words/words.ts";

export type { BuildSpec, RepoEntry, Rule } from "./rule.ts";

/** What the operator says beside the rules. */
export interface Usual {
  readonly comments: CommentMode;
  /** Default: none. */
  readonly repos?: readonly RepoEntry[];
}

/** What became of one rule: for `plan`, and for "why did nothing happen?". */
export interface RuleTrace {
  readonly rule: string;
  readonly matched: boolean;
  /** The first condition that did not hold; null if all did. */
  readonly reason: string | null;
  /** Builds of a matching rule that cannot be made, each with its why. */
  readonly refused: readonly string[];
  /** The rule asks for the changed paths, which nobody said: the forge would know. */
  readonly needsPaths?: true;
  /** The rule heeds the repo's own file, which nobody has read yet. */
  readonly needsFile?: true;
  /** What else there is to say of a rule that matched. */
  readonly note?: string;
}

export interface Plan {
  readonly builds: readonly BuildRequest[];
  /** One entry per rule, in their order; empty if the event was ignored before any rule was asked. */
  readonly trace: readonly RuleTrace[];
  /** Why nothing is built; null if something is. */
  readonly ignored: string | null;
  /** What the summary status of the commit says beside its builds. */
  readonly notice?: Notice;
}

/** As many as GitHub lists of a pull request; matching any number of them would keep deliveries waiting. */
const MOST_PATHS = 3000;

/**
 * Which builds this event asks for, and why or why not. Pure, deterministic, never throws.
 * @param paths every path the event changes, for callers that know more than the payload said; null if nobody does
 * @param file the repo's own file; null if there is none, undefined if nobody knows: then the plan is as if there were none
 */
export function plan(
  event: ForgeEvent,
  rules: readonly Rule[],
  usual: Usual,
  paths: readonly string[] | null = event.kind === "push" ? event.changed : null,
  file?: RepoFile | null,
): Plan {
  const nothing = whyNothing(event);
  if (nothing !== null) return { builds: [], trace: [], ignored: nothing, ...sayNothing(event, rules, nothing) };
  const trace: RuleTrace[] = [];
  const wanted: BuildRequest[] = [];
  const changed = paths === null || paths.length > MOST_PATHS ? null : paths;
  const verdicts = rules.map((rule) => [rule, judge(rule, event, changed)] as const);
  const wish = heed(file ?? null, event, verdicts);
  for (const [rule, verdict] of verdicts) {
    const requests = "reason" in verdict ? [] : toRequests(rule, event, verdict, usual, wish.of(rule));
    const refused: string[] = [];
    for (const request of requests) {
      if ("refused" in request) refused.push(request.refused);
      else wanted.push(request);
    }
    const reason = "reason" in verdict ? verdict.reason : null;
    trace.push({
      rule: rule.name,
      matched: reason === null,
      reason,
      refused,
      ...(verdict.pathsUnknown && { needsPaths: true }),
      ...(reason === null && file === undefined && limitsOf(rule) !== null && { needsFile: true }),
      ...(verdict.pathsUnknown && reason === null && { note: "paths unknown, built to be safe" }),
    });
  }
  if (wish.problems.length > 0) return spoilt(wish.problems, trace);
  const clash = findClash(wanted, event);
  if (clash !== null) return { builds: [], trace, ignored: clash, notice: { state: "failure", text: clash } };
  const builds = withoutRepeats(wanted, event);
  const refused = trace.flatMap((entry) => entry.refused);
  const ignored = builds.length > 0 ? null : whyNone(trace);
  if (refused.length > 0) return { builds, trace, ignored, notice: { state: "failure", text: refused.join("; ") } };
  return { builds, trace, ignored, ...(ignored !== null && sayNothing(event, rules, ignored, trace)) };
}

/** A mistake in the repo's own file: nothing is built, since nobody knows what was meant. */
export function spoilt(problems: readonly string[], trace: readonly RuleTrace[]): Plan {
  const [first = "", ...more] = problems;
  const text = more.length === 0 ? first : `${first} (and ${more.length} more)`;
  const read = trace.map(({ needsFile: _, ...entry }) => entry);
  return { builds: [], trace: read, ignored: problems.join("; "), notice: { state: "failure", text } };
}

/** For rules that want a word of it; in those of their own condition, where there is one. */
function sayNothing(
  event: ForgeEvent,
  rules: readonly Rule[],
  why: string,
  trace: readonly RuleTrace[] = [],
): { readonly notice?: Notice } {
  if (event.kind === "merge_request" && isOver(event)) return {};
  const asking = rules.find((rule) => rule.reportSkipped && concerns(rule, event));
  if (asking === undefined) return {};
  const reason = trace.find(({ rule }) => rule === asking.name)?.reason ?? why;
  return { notice: { state: "success", text: say(EN, "why_nothing", { reason }) } };
}

/** Nothing more is built for it. */
export function isOver({ action }: MergeRequestEvent): boolean {
  return action === "closed" || action === "merged";
}

/**
 * What makes two requests the same build, as a stable string: commit, hub, target, scratch and options. The source
 * counts only where a rule wrote its own: the same commit cloned from a fork is the same commit.
 */
export function identity(request: BuildRequest, event: ForgeEvent): string {
  const folder = /\?([^?#]+)#/.exec(request.source)?.[1] ?? null;
  const usual = [event.repo, holder(event)].map((repo) => defaultSource(repo.cloneUrl, event.sha, folder));
  const source = usual.includes(request.source) ? folder && `?${folder}` : request.source;
  const arches = [...new Set(request.arches)].sort();
  const { hub, target, scratch } = request;
  const usually = [event.forge, event.repo.path, event.sha, hub, target, scratch, arches, source];
  return JSON.stringify([...usually, ...extras(request)]);
}

/** Nothing for a build that asks for nothing of it. */
function extras({ macros, options }: BuildRequest): unknown[] {
  const values = macros.map(({ name, value }) => [name, value]);
  const set = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  return values.length + set.length === 0 ? [] : [values, set];
}

/** The repo that holds the commit: for a fork's merge request the fork. */
function holder(event: ForgeEvent): Repo {
  return event.kind === "merge_request" ? event.source : event.repo;
}

function whyNothing(event: ForgeEvent): string | null {
  if (event.kind === "merge_request" && isOver(event)) {
    return `merge request ${event.action}: nothing to build`;
  }
  const marker = /\[(?:skip koji|skip ci|ci skip)\]/i.exec(event.text);
  const where = event.kind === "merge_request" ? "why_marker_in_mr" : "why_marker_in_commit";
  return marker && say(EN, where, { marker: marker[0].toLowerCase() });
}

type Request = BuildRequest | { readonly refused: string };

/** What the repo's own file wants of one rule's builds. */
interface Wanted {
  readonly file: RepoFile;
  /** Null: as the rule says. */
  readonly targets: readonly string[] | null;
  /** Those of them that are not the rule's own. */
  readonly others: readonly string[];
}

/** What the repo's own file wants of the rules that matched, as far as the operator lets it. */
function heed(file: RepoFile | null, event: ForgeEvent, verdicts: readonly (readonly [Rule, Verdict])[]) {
  if (file === null) return { problems: [], of: () => null };
  const heeding = verdicts.flatMap(([rule, verdict]) => {
    const limits = limitsOf(rule);
    return limits === null || "reason" in verdict ? [] : [{ rule, limits, own: ownTargets(rule, event, verdict) }];
  });
  const { shares, problems } = shareTargets(file, heeding);
  const overrides = heeding.flatMap(({ limits }) => overrideProblems(file, limits));
  const of = (rule: Rule): Wanted | null => {
    const share = shares.get(rule);
    const own = heeding.find((one) => one.rule === rule)?.own;
    if (share === undefined || own === undefined) return null;
    return { file, targets: file.targets === null ? null : share, others: share.filter((name) => !own.has(name)) };
  };
  return { problems: heeding.length === 0 ? [] : [...new Set([...problems, ...overrides])], of };
}

/** One for each package, or the one there is. */
function valuesOf(event: ForgeEvent, match: Match): Values[] {
  const values: Values = { ...match.values, ...placeholderValues(event) };
  return match.packages === null ? [values] : match.packages.map((name) => ({ ...values, package: name }));
}

function ownTargets(rule: Rule, event: ForgeEvent, match: Match): Set<string> {
  const filled = valuesOf(event, match).flatMap((values) =>
    rule.build.targets.map((target) => fillTarget(target, values)),
  );
  return new Set(filled.flatMap((target) => ("text" in target ? [target.text] : [])));
}

/** One per package and target. Our own placeholders are what they are, whatever a pattern calls its groups. */
function toRequests(rule: Rule, event: ForgeEvent, match: Match, usual: Usual, wanted: Wanted | null): Request[] {
  const said = toSaid(rule, event, usual, wanted?.file ?? null);
  if (said.problems.length > 0) return said.problems.map((refused) => ({ refused }));
  return valuesOf(event, match).flatMap((values) => {
    const { package: name } = values;
    if (rule.package !== null && name !== undefined && !isPackageName(name))
      return [{ refused: `${quote(name)} cannot be the name of a package` }];
    const requests = rule.build.targets.map((target) => toRequest(rule, target, event, values, said));
    if (wanted === null || wanted.targets === null) return requests;
    const own = requests.filter((request) => "refused" in request || wanted.targets?.includes(request.target));
    return [...own, ...wanted.others.map((target) => toRequest(rule, target, event, values, said))];
  });
}

/** What is said of all builds of a rule in a repo. */
interface Said extends Effective {
  readonly comments: CommentMode;
  readonly strategy: MacroStrategy;
  readonly arches: readonly string[];
}

function toSaid(rule: Rule, event: ForgeEvent, { comments, repos = [] }: Usual, file: RepoFile | null): Said {
  const entries = repos.filter(({ match }) => match.matches(`${event.forge}:${event.repo.path}`));
  const layers: LayerMacros[] = [
    ...entries.map(({ macros }) => ({ layer: "repo" as const, macros, allowed: null })),
    { layer: "rule", macros: rule.build.macros, allowed: null },
    ...(file === null ? [] : [{ layer: "repo_file" as const, macros: macrosOf(file), allowed: null }]),
  ];
  const usual = entries.findLast(({ strategy }) => strategy !== null)?.strategy;
  const strategy = file?.strategy ?? rule.build.strategy ?? usual ?? "auto";
  const arches = (rule.build.scratch ? file?.arches : null) ?? rule.build.arches;
  return { ...effectiveMacros(layers), comments: rule.comments ?? comments, strategy, arches };
}

function toRequest(rule: Rule, template: string, event: ForgeEvent, values: Values, said: Said): Request {
  const { hub, scratch, options, onExisting } = rule.build;
  const { comments, macros, strategy, arches } = said;
  const target = fillTarget(template, values);
  if ("refused" in target) return target;
  const context = fillContext(rule.build.context ?? usualContext(rule), { ...values, target: target.text });
  if ("refused" in context) return context;
  const source = toSource(rule, event, values);
  if ("refused" in source) return source;
  const guard = toGuard(rule.build, event, values);
  if ("refused" in guard) return guard;
  return {
    rule: rule.name,
    hub,
    target: target.text,
    scratch,
    arches,
    source: source.text,
    context: context.text,
    comments,
    package: values.package ?? rule.build.name ?? null,
    ...toSpec(rule, values),
    macros,
    strategy,
    options,
    optional: rule.build.optional,
    onExisting,
    guard: scratch ? null : guard.guard,
    approval: event.kind === "merge_request" && event.fork && rule.forks === "approve",
  };
}

function toSpec({ package: layout, spec }: Rule, { package: name }: Values): { readonly spec?: string } {
  return layout === null || spec === null || name === undefined ? {} : { spec: specPath(layout, spec, name) };
}

/** A merge request never gets a real build: its branch is where it wants to go, not where its commit is. */
function toGuard(
  { from, unprotected }: BuildSpec,
  event: ForgeEvent,
  values: Values,
): { readonly guard: Guard } | { readonly refused: string } {
  if (event.kind !== "tag") return { guard: { kind: "branch", name: event.branch, branches: [], unprotected } };
  const branches: string[] = [];
  for (const template of from) {
    const branch = fill(template, values);
    if ("refused" in branch) return branch;
    branches.push(branch.text);
  }
  return { guard: { kind: "tag", name: event.tag, branches, unprotected } };
}

function usualContext({ build, package: layout }: Rule): string {
  return `koji/{target}${build.scratch ? "/scratch" : ""}${layout === null ? "" : "/{package}"}`;
}

function toSource(rule: Rule, event: ForgeEvent, values: Values): Filled {
  if (rule.build.source !== null) return fillSource(rule.build.source, values);
  const { cloneUrl } = holder(event);
  const { package: name } = values;
  const folder = rule.package === null || name === undefined ? null : packagePath(rule.package, name);
  const text = defaultSource(cloneUrl, event.sha, folder);
  return text === null ? { refused: `Koji cannot clone ${quote(cloneUrl)}` } : { text };
}

/** Two different builds under one context: the later status would hide the earlier one. */
function findClash(wanted: readonly BuildRequest[], event: ForgeEvent): string | null {
  const seen = new Map<string, BuildRequest>();
  for (const request of wanted) {
    const other = seen.get(request.context) ?? request;
    if (identity(other, event) !== identity(request, event)) {
      const who =
        other.rule === request.rule ? `rule \`${request.rule}\`` : `rules \`${other.rule}\` and \`${request.rule}\``;
      return `configuration error: different builds of ${who} would report as ${quote(request.context)}; give each its own \`context\``;
    }
    seen.set(request.context, other);
  }
  return null;
}

/** The same build asked for twice is one; under two contexts it stays two requests, which share their build. */
function withoutRepeats(wanted: readonly BuildRequest[], event: ForgeEvent): BuildRequest[] {
  const unique = new Map<string, BuildRequest>();
  for (const request of wanted) {
    const key = JSON.stringify([identity(request, event), request.context]);
    if (!unique.has(key)) unique.set(key, request);
  }
  return [...unique.values()];
}

function whyNone(trace: readonly RuleTrace[]): string {
  const refused = trace.flatMap((entry) => entry.refused);
  if (refused.length > 0) return refused.join("; ");
  const telling = [DRAFT, UNKNOWN_PATHS, UNKNOWN_PACKAGES].find((why) => trace.some(({ reason }) => reason === why));
  return telling ?? "no rule matches";
}
