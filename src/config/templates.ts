import { type EventKind, PLACEHOLDERS, templateNames, unfilledBy } from "../domain/placeholders.ts";
import { didYouMean } from "../domain/suggest.ts";

const SCHEME = /^(?:git|svn|cvs|git\+https?|git\+rsync|svn\+https?|(?:git|svn|cvs)\+ssh):\/\//;

/** What is wrong with the fixed parts of a target, whatever its placeholders will hold. */
export function targetProblem(template: string): string | null {
  return /^[A-Za-z0-9/_.+-]{0,256}$/.test(template.replaceAll(/\{[^{}]*\}/g, "")) && template !== ""
    ? null
    : "write a target's name: letters, digits and `/_.+-`";
}

const STEP = /^(?!\.{1,2}$)[A-Za-z0-9._+-]+$/;

export const PACKAGE_PATH = "write the folder of a package, such as packages/{package}";

/** Where the packages of a monorepo are: what Koji and URLs take as it is, without steps that lead elsewhere. */
export function packageProblem(path: string): string | null {
  const steps = path.split("/");
  const fixed = steps.filter((step) => step !== "{package}");
  if (steps.length !== fixed.length + 1) return "let {package} be one step of the path, as in packages/{package}";
  return fixed.every((step) => STEP.test(step)) ? null : PACKAGE_PATH;
}

export const SPEC_PATH = "write the path of a spec below the package's folder, such as {package}.spec";

export function specProblem(path: string): string | null {
  const steps = path.replaceAll("{package}", "x").split("/");
  return path.endsWith(".spec") && steps.every((step) => STEP.test(step)) ? null : SPEC_PATH;
}

/** Koji's own conditions (koji-facts, section 9), said before a builder says them. */
export function sourceProblem(template: string): string | null {
  if (/^https?:/.test(template)) return "Koji takes a plain https:// for an uploaded file; write git+https://…";
  if (!SCHEME.test(template) || /\s/.test(template))
    return "write a source as Koji takes it: git+https://host/path.git#{sha}";
  const [where = "", revision = ""] = template.split("#", 2);
  const authority = /:\/\/([^/]*)/.exec(where)?.[1] ?? "";
  if (/^[^@]*:[^@]*@/.test(authority)) return "no password in a source: everybody can read a task's request";
  if (authority.includes("{")) return "no placeholder in the host of a source";
  if (authority === "" || authority.endsWith("@")) return "the source names no host";
  if (/\+ssh:/.test(where) && !authority.includes("@")) return "Koji wants a user here: +ssh://git@host/…";
  if (where.includes(";")) return "Koji refuses `;` in a source";
  return revision === "" ? "say which revision: end it with #{sha}" : null;
}

/** What a rule adds to the placeholders. */
export interface Added {
  /** With a value always. */
  readonly names: readonly string[];
  /** Named groups of its patterns. */
  readonly groups: readonly string[];
  /** When a group has no value, or null. */
  readonly gap: (group: string) => string | null;
}

/** Unknown placeholders, and those that one of these events leaves without a value. */
export function placeholderProblems(template: string, on: readonly EventKind[], added: Added): string[] {
  const known = [...PLACEHOLDERS, ...added.names, ...added.groups];
  return [...new Set(templateNames(template) ?? [])].flatMap((name) => {
    if (!known.includes(name))
      return `unknown placeholder {${name}}${didYouMean(name, known) || `; there are ${list(known)}`}`;
    const gap = added.groups.includes(name) ? added.gap(name) : null;
    if (gap !== null) return `{${name}} has no value ${gap}`;
    const kind = unfilledBy(name, on);
    return kind === null
      ? []
      : `{${name}} has no value on ${kind}${on.length > 1 ? "; make that a rule of its own" : ""}`;
  });
}

function list(names: readonly string[]): string {
  return names.map((name) => `{${name}}`).join(" ");
}
