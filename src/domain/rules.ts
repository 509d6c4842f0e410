import type { BuildRequest, CommentMode } from "./build.ts";
import type { ForgeEvent, Repo } from "./event.ts";
import type { Globs } from "./glob.ts";
import {
  defaultSource,
  type EventKind,
  type Filled,
  fillContext,
  fillSource,
  fillTarget,
  placeholderValues,
  quote,
  type Values,
} from "./placeholders.ts";

/** What a matching event builds: one build per target. Strings are templates with placeholders. */
export interface BuildSpec {
  readonly hub: string;
  readonly targets: readonly string[];
  readonly scratch: boolean;
  readonly arches: readonly string[];
  /** Null: the repo that holds the commit. */
  readonly source: string | null;
  /** Null: `koji/{target}`, for scratch builds `koji/{target}/scratch`. */
  readonly context: string | null;
}

export interface Rule {
  readonly name: string;
  /** Over `forge:path`. */
  readonly repos: Globs;
  readonly on: readonly EventKind[];
  /** Over the pushed branch, or the one a merge request wants to go to. Null: every branch. */
  readonly branches: Globs | null;
  /** Null: every tag. */
  readonly tags: Globs | null;
  /** Whether drafts are built. */
  readonly drafts: boolean;
  readonly build: BuildSpec;
  /** Null: as `reports` says. */
  readonly comments: CommentMode | null;
}

/** What became of one rule: for `plan`, and for "why did nothing happen?". */
export interface RuleTrace {
  readonly rule: string;
  readonly matched: boolean;
  /** The first condition that did not hold; null if all did. */
  readonly reason: string | null;
  /** Builds of a matching rule that cannot be made, each with its why. */
  readonly refused: readonly string[];
}

export interface Plan {
  readonly builds: readonly BuildRequest[];
  /** One entry per rule, in their order; empty if the event was ignored before any rule was asked. */
  readonly trace: readonly RuleTrace[];
  /** Why nothing is built; null if something is. */
  readonly ignored: string | null;
}

const DRAFT = "draft: built when it becomes ready";

/** Which builds this event asks for, and why or why not. Pure, deterministic, never throws. */
export function plan(event: ForgeEvent, rules: readonly Rule[], reports: { readonly comments: CommentMode }): Plan {
  const nothing = whyNothing(event);
  if (nothing !== null) return { builds: [], trace: [], ignored: nothing };
  const values = placeholderValues(event);
  const trace: RuleTrace[] = [];
  const wanted: BuildRequest[] = [];
  for (const rule of rules) {
    const reason = mismatch(rule, event);
    const refused: string[] = [];
    for (const target of reason === null ? rule.build.targets : []) {
      const request = toRequest(rule, target, event, values, rule.comments ?? reports.comments);
      if ("refused" in request) refused.push(request.refused);
      else wanted.push(request);
    }
    trace.push({ rule: rule.name, matched: reason === null, reason, refused });
  }
  const clash = findClash(wanted, event);
  if (clash !== null) return { builds: [], trace, ignored: clash };
  const builds = withoutRepeats(wanted, event);
  return { builds, trace, ignored: builds.length > 0 ? null : whyNone(trace) };
}

/**
 * What makes two requests the same build, as a stable string: commit, hub, target, scratch and options. The source
 * counts only where a rule wrote its own: the same commit cloned from a fork is the same commit.
 */
export function identity(request: BuildRequest, event: ForgeEvent): string {
  const usual = [event.repo, holder(event)].map((repo) => defaultSource(repo.cloneUrl, event.sha));
  const source = usual.includes(request.source) ? null : request.source;
  const arches = [...new Set(request.arches)].sort();
  const { hub, target, scratch } = request;
  return JSON.stringify([event.forge, event.repo.path, event.sha, hub, target, scratch, arches, source]);
}

/** The repo that holds the commit: for a fork's merge request the fork. */
function holder(event: ForgeEvent): Repo {
  return event.kind === "merge_request" ? event.source : event.repo;
}

function whyNothing(event: ForgeEvent): string | null {
  if (event.kind === "merge_request" && (event.action === "closed" || event.action === "merged")) {
    return `merge request ${event.action}: nothing to build`;
  }
  const marker = /\[(?:skip koji|skip ci|ci skip)\]/i.exec(event.text);
  return (
    marker && `${marker[0].toLowerCase()} in the ${event.kind === "merge_request" ? "merge request" : "commit message"}`
  );
}

function mismatch(rule: Rule, event: ForgeEvent): string | null {
  const where = `${event.forge}:${event.repo.path}`;
  if (!rule.repos.matches(where)) return noMatch("repos", where, rule.repos);
  if (!rule.on.includes(event.kind)) return `on: this is a ${event.kind}, not a ${rule.on.join(" or ")}`;
  if (event.kind === "tag")
    return rule.tags?.matches(event.tag) === false ? noMatch("tags", event.tag, rule.tags) : null;
  if (rule.branches?.matches(event.branch) === false) return noMatch("branches", event.branch, rule.branches);
  if (event.kind === "push") return null;
  if (!rule.build.scratch) return "build.scratch: a merge request never gets a real build";
  return event.draft && !rule.drafts ? DRAFT : null;
}

function noMatch(key: string, name: string, globs: Globs): string {
  return `${key}: ${quote(name)} does not match ${globs.patterns.map((pattern) => `\`${pattern}\``).join(", ")}`;
}

function toRequest(
  rule: Rule,
  template: string,
  event: ForgeEvent,
  values: Values,
  comments: CommentMode,
): BuildRequest | { readonly refused: string } {
  const { hub, scratch, arches } = rule.build;
  const target = fillTarget(template, values);
  if ("refused" in target) return target;
  const named = { ...values, target: target.text };
  const context = fillContext(rule.build.context ?? (scratch ? "koji/{target}/scratch" : "koji/{target}"), named);
  if ("refused" in context) return context;
  const source = toSource(rule.build.source, event, values);
  if ("refused" in source) return source;
  return {
    rule: rule.name,
    hub,
    target: target.text,
    scratch,
    arches,
    source: source.text,
    context: context.text,
    comments,
  };
}

function toSource(template: string | null, event: ForgeEvent, values: Values): Filled {
  if (template !== null) return fillSource(template, values);
  const { cloneUrl } = holder(event);
  const text = defaultSource(cloneUrl, event.sha);
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
  return trace.some((entry) => entry.reason === DRAFT) ? DRAFT : "no rule matches";
}
