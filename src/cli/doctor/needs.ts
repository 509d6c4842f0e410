import type { Config } from "../../config/config.ts";
import { templateNames } from "../../domain/placeholders.ts";
import type { Rule } from "../../domain/rules.ts";
import { exampleSources } from "./sources.ts";

/** What one rule wants of a target. */
export interface TargetUse {
  readonly rule: string;
  readonly scratch: boolean;
  /** Empty: all of the build tag's. */
  readonly arches: readonly string[];
}

export interface SourceUse {
  readonly url: string;
  readonly scratch: boolean;
}

/** What the rules ask of one hub. */
export interface HubNeeds {
  readonly needed: boolean;
  /** Names of rules that override macros: something there has to carry them. */
  readonly withMacros: readonly string[];
  readonly targets: ReadonlyMap<string, readonly TargetUse[]>;
  /** Targets with placeholders. */
  readonly templates: readonly string[];
  /** What builders would clone, by way of example. */
  readonly sources: readonly SourceUse[];
}

/** What the rules ask of one forge. */
export interface ForgeNeeds {
  readonly needed: boolean;
  readonly comments: boolean;
}

export function hubNeeds({ rules, forges }: Config, hub: string): HubNeeds {
  const ours = rules.filter((rule) => rule.build.hub === hub);
  const targets = new Map<string, TargetUse[]>();
  const templates = new Set<string>();
  for (const { name: rule, build } of ours)
    for (const target of build.targets) {
      if (templateNames(target)?.length !== 0) templates.add(target);
      else targets.set(target, [...(targets.get(target) ?? []), { rule, ...build }]);
    }
  const sources = new Map<string, SourceUse>();
  for (const rule of ours)
    for (const url of exampleSources(rule, forges))
      sources.set(`${rule.build.scratch} ${url}`, { url, scratch: rule.build.scratch });
  const withMacros = ours.filter(({ build }) => Object.keys(build.macros).length > 0).map(({ name }) => name);
  return { needed: ours.length > 0, withMacros, targets, templates: [...templates], sources: [...sources.values()] };
}

export function forgeNeeds({ rules, reports }: Config, forge: string): ForgeNeeds {
  const ours = rules.filter((rule) => forgesOf(rule).includes(forge));
  const comments = ours.some(
    (rule) => rule.on.includes("merge_request") && (rule.comments ?? reports.comments) !== "never",
  );
  return { needed: ours.length > 0, comments };
}

function forgesOf({ repos }: Rule): string[] {
  return repos.patterns.filter((pattern) => !pattern.startsWith("!")).map((pattern) => pattern.replace(/:.*$/s, ""));
}
