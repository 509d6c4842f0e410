import { EN, say } from "./words/words.ts";

/** A build target and its two tags. */
export interface TargetFacts {
  readonly name: string;
  readonly buildTag: string;
  readonly destTag: string;
  /** Null: the destination is gone. */
  readonly destLocked: boolean | null;
  /** Of the build tag. */
  readonly arches: readonly string[];
  /** Macros in effect for builds there, inherited ones included. */
  readonly macros: Readonly<Record<string, string>>;
  /** Names of those that the build tag sets itself. */
  readonly ownMacros: readonly string[];
  /** Names of macros that side tags of the build tag may set, as globs (`sidetag_rpm_macros_allowed`). */
  readonly sideTagMacros: readonly string[];
}

/** What a hub can do and we may do there. */
export interface HubRights {
  /** Its side tag plugin lets owners set macros: since Koji 1.33. */
  readonly sideTags: "with_macros" | "without_macros" | "none";
  readonly user: string;
  readonly permissions: readonly string[];
}

/** What a target has to do for a build. */
interface Wish {
  readonly target: string;
  readonly scratch: boolean;
  readonly arches: readonly string[];
  readonly options: { readonly skipTag?: boolean };
}

/**
 * What the hub would refuse after it has used builders, one line for people that says what to do; or null (koji-facts,
 * section 9: an unknown target fails the task, a locked destination the tagging when all is built).
 */
export function targetProblem(wish: Wish, facts: TargetFacts | null): string | null {
  if (facts === null) return say(EN, "why_no_target", { target: wish.target });
  return destinationProblem(wish, facts) ?? archProblem(wish, facts);
}

function destinationProblem(wish: Wish, { destTag, destLocked }: TargetFacts): string | null {
  if (!isTagged(wish) || destLocked === false) return null;
  return say(EN, destLocked === null ? "why_dest_gone" : "why_dest_locked", { tag: destTag, target: wish.target });
}

/** Only real builds are put anywhere. */
export function isTagged({ scratch, options }: Pick<Wish, "scratch" | "options">): boolean {
  return !scratch && options.skipTag !== true;
}

function archProblem({ arches }: Wish, { buildTag, arches: tagArches }: TargetFacts): string | null {
  if (tagArches.length === 0) return say(EN, "why_no_arches", { tag: buildTag });
  if (arches.length === 0 || possibleArches(arches, tagArches).length > 0) return null;
  return say(EN, "why_other_arches", { tag: buildTag, arches: tagArches.join(" "), wanted: arches.join(" ") });
}

/** What the hub would refuse of a real build of that package; null: nothing. */
export function packageProblem(
  name: string,
  { destTag }: TargetFacts,
  entry: { readonly blocked: boolean; readonly tag: string } | null,
): string | null {
  if (entry === null) return say(EN, "why_package_missing", { package: name, tag: destTag });
  return entry.blocked ? say(EN, "why_package_blocked", { package: name, tag: entry.tag }) : null;
}

/** What the builder leaves of chosen arches (builder/kojid, `BuildTask.getArchList`). */
export function possibleArches(chosen: readonly string[], tagArches: readonly string[]): string[] {
  const known = new Set(tagArches.map(canonical));
  return chosen.filter((arch) => arch === "noarch" || known.has(canonical(arch)));
}

/** koji/__init__.py, `canonArch`. */
const CANONICAL: readonly (readonly [name: RegExp, arch: string])[] = [
  [/^(?:i.86|athlon)$/, "i386"],
  [/^ia32e$/, "x86_64"],
  [/^ppc64le$/, "ppc64le"],
  [/^ppc64/, "ppc64"],
  [/^sparc64/, "sparc64"],
  [/^sparc/, "sparc"],
  [/^alpha/, "alpha"],
  [/^arm.*h/, "armhfp"],
  [/^arm/, "arm"],
];

function canonical(arch: string): string {
  return CANONICAL.find(([name]) => name.test(arch))?.[1] ?? arch;
}
