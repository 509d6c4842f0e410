import type { EventKind } from "../domain/placeholders.ts";
import { type Loose, looseEntries, looseMap, looseTexts } from "./loose.ts";
import type { Finding, Path } from "./problem.ts";
import { didYouMean } from "./suggest.ts";
import { placeholderProblems } from "./templates.ts";
import { globProblem } from "./vocabulary.ts";

/** What rules may refer to. Null: that part of the file is missing or wrong, so nothing can be said. */
export interface Known {
  readonly hubs: Loose | null;
  readonly forges: Loose | null;
}

/** Conditions between the keys of one rule, on a value that may be wrong elsewhere. */
export function checkRule(rule: Loose, path: Path, known: Known): Finding[] {
  const on = kindsOf(rule);
  return [
    ...repoFindings(rule, path, known),
    ...branchNames(rule, path),
    ...uselessKeys(rule, path, on),
    ...buildFindings(looseMap(rule.build), [...path, "build"], on, known),
  ];
}

const KINDS: readonly EventKind[] = ["push", "tag", "merge_request"];

/** The events a rule names; none if one of them is no event, since what the rest would mean is then a guess. */
export function kindsOf(rule: Loose): EventKind[] {
  const names = looseEntries(rule.on, []).map(({ value }) => value);
  const kinds = KINDS.filter((kind) => names.includes(kind));
  return new Set(names).size === kinds.length ? kinds : [];
}

function repoFindings(rule: Loose, path: Path, { forges }: Known): Finding[] {
  const repos = looseTexts(rule.repos, [...path, "repos"]);
  const findings = repos.flatMap(({ value, path }) => {
    const message = repoProblem(value.replace(/^!/, ""), forges);
    return message === null ? [] : [{ path, message }];
  });
  if (repos.length > 0 && repos.every(({ value }) => value.startsWith("!"))) {
    findings.push({ path: [...path, "repos"], message: "only exclusions; say which repositories are meant" });
  }
  return findings;
}

function repoProblem(pattern: string, forges: Loose | null): string | null {
  const [, forge, glob] = /^([^:/]+):(.*)$/s.exec(pattern) ?? [];
  if (forge === undefined || glob === undefined) return "write FORGE:PATH, such as github:rpms/*";
  const unknown = forges && unknownName(forge, forges, "forge");
  return unknown || globProblem(glob);
}

function branchNames(rule: Loose, path: Path): Finding[] {
  return ["branches", "tags"].flatMap((key) =>
    looseTexts(rule[key], [...path, key]).flatMap(({ value, path }) =>
      /^!?refs\//.test(value) ? [{ path, message: "write the name alone, without refs/…/" }] : [],
    ),
  );
}

function uselessKeys(rule: Loose, path: Path, on: readonly EventKind[]): Finding[] {
  const useful: [key: string, kinds: EventKind[]][] = [
    ["branches", ["push", "merge_request"]],
    ["tags", ["tag"]],
    ["drafts", ["merge_request"]],
  ];
  return useful.flatMap(([key, kinds]) =>
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
  if (scratch === false && arches !== undefined) add("arches", "only scratch builds can leave out architectures", true);
  const targets = looseTexts(build.target, [...path, "target"]);
  const templates = [...targets, ...["source", "context"].flatMap((key) => looseTexts(build[key], [...path, key]))];
  for (const { value, path } of templates) {
    const also = path.at(-1) === "context" ? ["target"] : [];
    findings.push(...placeholderProblems(value, on, also).map((message) => ({ path, message })));
  }
  const { context } = build;
  if (typeof context === "string" && !context.includes("{target}") && new Set(targets.map((t) => t.value)).size > 1) {
    add("context", "several targets would report under one name; put {target} in it");
  }
  return findings;
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
