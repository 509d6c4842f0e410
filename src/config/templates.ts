import { type EventKind, PLACEHOLDERS, templateNames, unfilledBy } from "../domain/placeholders.ts";
import { didYouMean } from "./suggest.ts";

const SCHEME = /^(?:git|svn|cvs|git\+https?|git\+rsync|svn\+https?|(?:git|svn|cvs)\+ssh):\/\//;

/** What is wrong with the fixed parts of a target, whatever its placeholders will hold. */
export function targetProblem(template: string): string | null {
  return /^[A-Za-z0-9/_.+-]{0,256}$/.test(template.replaceAll(/\{[^{}]*\}/g, "")) && template !== ""
    ? null
    : "write a target's name: letters, digits and `/_.+-`";
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

/** Unknown placeholders, and those that one of these events leaves without a value. */
export function placeholderProblems(
  template: string,
  on: readonly EventKind[],
  also: readonly string[] = [],
): string[] {
  const known = [...PLACEHOLDERS, ...also];
  return [...new Set(templateNames(template) ?? [])].flatMap((name) => {
    if (!known.includes(name))
      return `unknown placeholder {${name}}${didYouMean(name, known) || `; there are ${list(known)}`}`;
    const kind = unfilledBy(name, on);
    return kind === null
      ? []
      : `{${name}} has no value on ${kind}${on.length > 1 ? "; make that a rule of its own" : ""}`;
  });
}

function list(names: readonly string[]): string {
  return names.map((name) => `{${name}}`).join(" ");
}
