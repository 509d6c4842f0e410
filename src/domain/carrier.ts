import type { MacroOverride, MacroStrategy } from "./build.ts";
import type { HubRights, TargetFacts } from "./target.ts";

interface Question {
  readonly strategy: MacroStrategy;
  readonly macros: readonly MacroOverride[];
  readonly target: TargetFacts;
  readonly rights: HubRights;
  /** The operator keeps this target for builds with macros. */
  readonly reserved: boolean;
}

/** What a build tag or side tag has to be told. */
export interface MacroEdit {
  readonly set: Readonly<Record<string, string>>;
  /** Names of macros in effect at the target that are to be taken away. */
  readonly remove: readonly string[];
}

export type Choice =
  /** No override is left: the target is as the build wants it. */
  | { readonly how: "plain" }
  | ({ readonly how: "side_tag" | "tag" } & MacroEdit)
  /** One line for people: what is missing, and who can change it. */
  | { readonly how: "refused"; readonly reason: string };

/** How the macros of a build get in: the first way that hub, target and rights allow, or the one that was asked for. */
export function chooseCarrier(question: Question): Choice {
  const edit = toEdit(question);
  if (Object.keys(edit.set).length === 0 && edit.remove.length === 0) return { how: "plain" };
  switch (question.strategy) {
    case "srpm":
      return refuse("`macro_strategy: srpm` is for `kojibridge build` in CI, which makes the SRPM; here say `auto`");
    case "side_tag": {
      const problem = sideTagProblem(question, edit);
      return problem === null ? { how: "side_tag", ...edit } : refuse(`no side tag can carry the macros: ${problem}`);
    }
    case "tag": {
      const problem = tagProblem(question, edit);
      return problem === null ? { how: "tag", ...edit } : refuse(`the build tag cannot carry the macros: ${problem}`);
    }
    case "auto":
      return chooseFirst(question, edit);
  }
}

function chooseFirst(question: Question, edit: MacroEdit): Choice {
  const { reserved, target } = question;
  const sideTag = sideTagProblem(question, edit);
  if (sideTag === null) return { how: "side_tag", ...edit };
  const tag = reserved ? tagProblem(question, edit) : `${target.name} is not in \`reserved_targets\` of the hub`;
  if (tag === null) return { how: "tag", ...edit };
  return refuse(`the macros cannot get into the build; by side tag: ${sideTag}; by the build tag: ${tag}`);
}

function toEdit({ macros, target }: Question): MacroEdit {
  const set = macros.flatMap(({ name, value }): [string, string][] => (value === null ? [] : [[name, value]]));
  const remove = macros.filter(({ name, value }) => value === null && Object.hasOwn(target.macros, name));
  return { set: Object.fromEntries(set), remove: remove.map(({ name }) => name) };
}

function sideTagProblem({ target, rights }: Question, { set, remove }: MacroEdit): string | null {
  if (rights.sideTags === "none") return "the hub has no side tag plugin; its administrators can switch it on";
  if (rights.sideTags === "without_macros") return "the hub is too old, side tags have macros since Koji 1.33";
  const { buildTag, sideTagMacros: allowed } = target;
  const admin = `an administrator of the hub can change \`sidetag_rpm_macros_allowed\` of ${buildTag}`;
  if (allowed.length === 0) return `${buildTag} lets its side tags set no macros; ${admin}`;
  const denied = Object.keys(set).filter((name) => !allowed.some((glob) => matchesFnmatch(name, glob)));
  if (denied.length > 0) return `${buildTag} allows ${allowed.join(" ")}, not ${list(denied)}; ${admin}`;
  return remove.length === 0 ? null : `${list(remove)} of ${buildTag} can be set anew there, but not taken away`;
}

function tagProblem({ target, rights }: Question, { remove }: MacroEdit): string | null {
  if (!["tag", "admin"].some((permission) => rights.permissions.includes(permission)))
    return `${rights.user} lacks the permission \`tag\`; an administrator of the hub can grant it`;
  const inherited = remove.filter((name) => !target.ownMacros.includes(name));
  return inherited.length === 0
    ? null
    : `${list(inherited)} is inherited by ${target.buildTag}; give it a value instead`;
}

function refuse(reason: string): Choice {
  return { how: "refused", reason };
}

function list(names: readonly string[]): string {
  return names.map((name) => `%${name}`).join(", ");
}

/** Python's fnmatch, with which the plugin compares: `*`, `?`, `[abc]`, `[!abc]`. Names are short, so no star can take long. */
export function matchesFnmatch(name: string, pattern: string): boolean {
  const source = pattern.replaceAll(/\*+|\?|\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part.startsWith("*")) return ".*";
    if (part === "?") return ".";
    if (part.length > 1)
      return `[${part
        .slice(1, -1)
        .replace(/^!/, "^")
        .replaceAll(/[\\\]]/g, "\\$&")}]`;
    return part.replace(/[\\^$.|+()[\]{}/-]/, "\\$&");
  });
  try {
    return new RegExp(`^${source}$`, "s").test(name);
  } catch {
    return false;
  }
}
