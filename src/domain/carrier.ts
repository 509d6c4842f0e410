import type { MacroOverride, MacroStrategy } from "./build.ts";
import type { HubRights, TargetFacts } from "./target.ts";
import { EN, say } from "./words/words.ts";

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
      return refuse(EN.why_srpm_in_ci);
    case "side_tag": {
      const problem = sideTagProblem(question, edit);
      return problem === null
        ? { how: "side_tag", ...edit }
        : refuse(say(EN, "why_side_tag_cannot", { reason: problem }));
    }
    case "tag": {
      const problem = tagProblem(question, edit);
      return problem === null ? { how: "tag", ...edit } : refuse(say(EN, "why_tag_cannot", { reason: problem }));
    }
    case "auto":
      return chooseFirst(question, edit);
  }
}

function chooseFirst(question: Question, edit: MacroEdit): Choice {
  const { reserved, target } = question;
  const sideTag = sideTagProblem(question, edit);
  if (sideTag === null) return { how: "side_tag", ...edit };
  const tag = reserved ? tagProblem(question, edit) : say(EN, "why_not_reserved", { target: target.name });
  if (tag === null) return { how: "tag", ...edit };
  return refuse(say(EN, "why_no_carrier", { reason: sideTag, other: tag }));
}

function toEdit({ macros, target }: Question): MacroEdit {
  const set = macros.flatMap(({ name, value }): [string, string][] => (value === null ? [] : [[name, value]]));
  const remove = macros.filter(({ name, value }) => value === null && Object.hasOwn(target.macros, name));
  return { set: Object.fromEntries(set), remove: remove.map(({ name }) => name) };
}

function sideTagProblem({ target, rights }: Question, { set, remove }: MacroEdit): string | null {
  if (rights.sideTags === "none") return EN.why_no_plugin;
  if (rights.sideTags === "without_macros") return EN.why_old_hub;
  const { buildTag: tag, sideTagMacros: allowed } = target;
  if (allowed.length === 0) return say(EN, "why_none_allowed", { tag });
  const denied = Object.keys(set).filter((name) => !allowed.some((glob) => matchesFnmatch(name, glob)));
  if (denied.length > 0) return say(EN, "why_others_allowed", { tag, globs: allowed.join(" "), names: list(denied) });
  return remove.length === 0 ? null : say(EN, "why_side_tag_keeps", { names: list(remove), tag });
}

function tagProblem({ target, rights }: Question, { remove }: MacroEdit): string | null {
  if (!["tag", "admin"].some((permission) => rights.permissions.includes(permission)))
    return say(EN, "why_no_permission", { user: rights.user });
  const inherited = remove.filter((name) => !target.ownMacros.includes(name));
  return inherited.length === 0 ? null : say(EN, "why_inherited", { names: list(inherited), tag: target.buildTag });
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
