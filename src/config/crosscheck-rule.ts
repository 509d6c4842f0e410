import { isExclusion } from "../domain/pattern.ts";
import type { EventKind } from "../domain/placeholders.ts";
import { didYouMean } from "../domain/suggest.ts";
import { ASKED_ON, groupFindings, groupGap, groupNames } from "./conditions.ts";
import { type Loose, looseEntries, looseMap, looseTexts } from "./loose.ts";
import { optionFindings, overrideFindings } from "./overrides.ts";
import type { Finding, Path } from "./problem.ts";
import { placeholderProblems } from "./templates.ts";
import { patternProblem } from "./vocabulary.ts";

/** What rules may refer to. Null: that part of the file is missing or wrong, so nothing can be said. */
export interface Known {
  readonly hubs: Loose | null;
  readonly forges: Loose | null;
}

/** Conditions between the keys of one rule, on a value that may be wrong elsewhere. */
export function checkRule(rule: Loose, path: Path, known: Known): Finding[] {
  const on = kindsOf(rule);
  return [
    ...repoFindings("repos", rule, path, known),
    ...branchNames(rule, path),
    ...uselessKeys(rule, path, on),
    ...groupFindings(rule, path),
    ...packageFindings(rule, path, on),
    ...buildFindings(looseMap(rule.build), [...path, "build"], on, known),
    ...templateFindings(rule, [...path, "build"], on),
  ];
}

const KINDS: readonly EventKind[] = ["push", "tag", "merge_request"];

/** The events a rule names; none if one of them is no event, since what the rest would mean is then a guess. */
export function kindsOf(rule: Loose): EventKind[] {
  const names = looseEntries(rule.on, []).map(({ value }) => value);
  const kinds = KINDS.filter((kind) => names.includes(kind));
  return new Set(names).size === kinds.length ? kinds : [];
}

/** The same of an entry of the top-level `repos`. */
export function checkRepoEntry(entry: Loose, path: Path, known: Known): Finding[] {
  return [...repoFindings("match", entry, path, known), ...overrideFindings(entry, path)];
}

function repoFindings(key: string, rule: Loose, path: Path, { forges }: Known): Finding[] {
  const repos = looseTexts(rule[key], [...path, key]);
  const findings = repos.flatMap(({ value, path }) => {
    const message = repoProblem(isExclusion(value) ? value.slice(1) : value, forges);
    return message === null ? [] : [{ path, message }];
  });
  if (repos.length > 0 && repos.every(({ value }) => isExclusion(value))) {
    findings.push({ path: [...path, key], message: "only exclusions; say which repositories are meant" });
  }
  return findings;
}

function repoProblem(pattern: string, forges: Loose | null): string | null {
  const [, forge, glob] = /^([^:/]+):(.*)$/s.exec(pattern) ?? [];
  if (forge === undefined || glob === undefined) return "write FORGE:PATH, such as github:rpms/*";
  const unknown = forges && unknownName(forge, forges, "forge");
  return unknown || patternProblem(glob);
}

function branchNames(rule: Loose, path: Path): Finding[] {
  return ["branches", "tags"].flatMap((key) =>
    looseTexts(rule[key], [...path, key]).flatMap(({ value, path }) =>
      /^!?(?:\/\^?)?refs\\?\//.test(value) ? [{ path, message: "write the name alone, without refs/…/" }] : [],
    ),
  );
}

function uselessKeys(rule: Loose, path: Path, on: readonly EventKind[]): Finding[] {
  return Object.entries(ASKED_ON).flatMap(([key, kinds]) =>
    rule[key] === undefined || on.length === 0 || kinds.some((kind) => on.includes(kind))
      ? []
      : [
          {
            path: [...path, key],
            atKey: true,
            message: `has no meaning on ${on.join(", ")}; it is for ${kinds.join(", ")}`,
          },
        ],
  );
}

function buildFindings(build: Loose, path: Path, on: readonly EventKind[], { hubs }: Known): Finding[] {
  const findings: Finding[] = [];
  const add = (key: string, message: string | null, atKey = false) => {
    if (message !== null) findings.push({ path: [...path, key], atKey, message });
  };
  const { hub, scratch, arches } = build;
  if (typeof hub === "string" && hubs) add("hub", hubProblem(hub, hubs));
  if (scratch === false && on.includes("merge_request")) {
    add("scratch", "merge requests only get scratch builds; make real builds in a rule on push or tag");
  }
  if (build.from !== undefined && on.length > 0 && !on.includes("tag"))
    add("from", "is for tags: a pushed branch has to be protected itself", true);
  for (const key of ["from", "unprotected"])
    if (scratch !== false && build[key] !== undefined)
      add(key, "only real builds need a protected branch or tag; it needs `scratch: false`", true);
  // Without any revision the schema has said so.
  if (scratch === false && typeof build.source === "string" && /#(?!\{sha\}$)/.test(build.source))
    add("source", "a real build's source ends in `#{sha}`: the commit the forge is asked about, and no other");
  if (scratch === false && arches !== undefined) add("arches", "only scratch builds can leave out architectures", true);
  return [...findings, ...overrideFindings(build, path), ...optionFindings(build, path)];
}

function templateFindings(rule: Loose, path: Path, on: readonly EventKind[]): Finding[] {
  const build = looseMap(rule.build);
  const named = rule.package === undefined ? [] : ["package"];
  const groups = groupNames(rule);
  const gap = (group: string) => groupGap(rule, group, on);
  const findings = ["target", "source", "context", "from"].flatMap((key) => {
    const names = key === "context" ? [...named, "target"] : named;
    return looseTexts(build[key], [...path, key]).flatMap(({ value, path }) =>
      placeholderProblems(value, on, { names, groups, gap }).map((message) => ({ path, message })),
    );
  });
  const several = new Set(looseTexts(build.target, []).map(({ value }) => value)).size > 1;
  const add = (key: string, placeholder: string, problem: string) => {
    const { [key]: template } = build;
    if (typeof template === "string" && !template.includes(placeholder))
      findings.push({ path: [...path, key], message: `${problem}; put ${placeholder} in it` });
  };
  if (several) add("context", "{target}", "several targets would report under one name");
  if (named.length > 0) {
    add("context", "{package}", "several packages would report under one name");
    add("source", "{package}", "all packages would be built from one place");
  }
  return findings;
}

function packageFindings(rule: Loose, path: Path, on: readonly EventKind[]): Finding[] {
  if (rule.package === undefined || !on.includes("tag")) return [];
  const message = "a tag changes no paths; make it a rule of its own, with a named group in `tags` for the package";
  return [{ path: [...path, "package"], atKey: true, message }];
}

function hubProblem(name: string, hubs: Loose): string | null {
  const unknown = unknownName(name, hubs, "hub");
  if (unknown !== null) return unknown;
  const { auth, profile } = looseMap(hubs[name]);
  const readOnly = auth === undefined ? profile === undefined : looseMap(auth).method === "none";
  return readOnly ? `hub \`${name}\` has no \`auth\`, so nothing can be built there` : null;
}

function unknownName(name: string, known: Loose, what: string): string | null {
  if (Object.hasOwn(known, name)) return null;
  const names = Object.keys(known);
  return `unknown ${what} \`${name}\`${didYouMean(name, names) || `; there is ${names.join(", ")}`}`;
}
