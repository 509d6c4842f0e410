import type { Octokit } from "@octokit/core";
import { isAbout } from "../guarded.ts";
import { type Reader, readObject } from "../reader.ts";
import { PER_PAGE, type RepoName } from "./octokit.ts";

/** The rules that keep a branch from being moved by everybody who may push. */
const GUARDS = new Set(["update", "pull_request", "merge_queue", "required_status_checks"]);

/**
 * `protected` is true for any active ruleset, one about the branch's name too (https://github.com/crs-k/stale-branches/issues/1061);
 * `protection` is about classic protection alone, whose details only administrators may read.
 */
export async function isBranchGuarded(octokit: Octokit, at: RepoName, branch: Reader): Promise<boolean> {
  if (!branch.flag("protected")) return false;
  if (branch.maybe("protection")?.flag("enabled")) return true;
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/rules/branches/{branch}", {
    ...at,
    branch: branch.text("name"),
    per_page: PER_PAGE,
  });
  const rules = readObject({ rules: data }).list("rules");
  const isClassic = rules.length === 0 && branch.maybe("protection") === null;
  return isClassic || rules.some((rule) => GUARDS.has(rule.text("type")));
}

/**
 * A tag is worth something when not everybody who may push can make it, so a ruleset has to restrict its creation. No call says
 * which rules hold for a tag: each ruleset is read.
 */
export async function isTagGuarded(octokit: Octokit, at: RepoName, tag: string): Promise<boolean> {
  for (const { id } of await tagRulesets(octokit, at)) {
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/rulesets/{ruleset_id}", {
      ...at,
      ruleset_id: id,
    });
    const ruleset = readObject(data);
    const restricts = ruleset.list("rules").some((rule) => rule.text("type") === "creation");
    const names = ruleset.maybe("conditions")?.maybe("ref_name");
    if (restricts && names && covers(names, `refs/tags/${tag}`)) return true;
  }
  return false;
}

async function tagRulesets(octokit: Octokit, at: RepoName): Promise<{ id: number }[]> {
  const found = [];
  for (let page = 1; ; page++) {
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/rulesets", {
      ...at,
      includes_parents: true,
      per_page: PER_PAGE,
      page,
    });
    const rulesets = readObject({ rulesets: data }).list("rulesets");
    for (const ruleset of rulesets)
      if (ruleset.text("target") === "tag" && ruleset.text("enforcement") === "active")
        found.push({ id: ruleset.id("id") });
    if (rulesets.length < PER_PAGE) return found;
  }
}

/** What we cannot read is taken as excluded: a tag is rather too little protected than too much. */
function covers(names: Reader, ref: string): boolean {
  const matches = (pattern: string, unknown: boolean) =>
    pattern === "~ALL" || (/[[\]{}\\]/.test(pattern) ? unknown : isAbout(toGlob(pattern), ref, unknown));
  const [include, exclude] = [names.texts("include") ?? [], names.texts("exclude") ?? []];
  return include.some((pattern) => matches(pattern, false)) && !exclude.some((pattern) => matches(pattern, true));
}

/** Ruby's fnmatch, where `**` before a slash stands for any folders or none, and is `*` anywhere else. */
function toGlob(pattern: string): string {
  return pattern.replaceAll(/\*+(\/)?/g, (stars, slash) => {
    if (slash && stars.startsWith("**")) return "{**/,}";
    return slash ? "*/" : "*";
  });
}
