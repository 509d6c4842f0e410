import { type Finding, LOOK_BELOW } from "./find.ts";
import type { Mask } from "./mask.ts";
import { findLast } from "./page.ts";
import { type Annotation, LIMITS } from "./types.ts";

/** How far a rule's `above` looks. */
const LOOK_ABOVE = 60;
const SHOWN_ABOVE = 2;

/** A finding in words, with its secrets masked before anything is cut. */
export interface Told {
  readonly cause: string;
  readonly lines: readonly string[];
  readonly annotation: Annotation | null;
}

/** @param spec the name of the spec file, for errors that give only its line */
export function tell({ rule, page, at }: Finding, mask: Mask, spec: string | null): Told {
  const clean = (line: string) => mask(line.slice(0, LIMITS.line)).slice(0, LIMITS.match);
  const text = clean(page.lines[at] ?? "");
  const below = page.lines.slice(at + 1, at + 1 + LOOK_BELOW);
  const next = rule.below === undefined ? -1 : below.findIndex((line) => rule.below?.test(line.slice(0, LIMITS.match)));
  const above = page.lines.slice(Math.max(page.from, at - LOOK_ABOVE), at);
  const last = findLast(above, above.length, (line) => rule.above?.test(line.slice(0, LIMITS.match)) ?? false);
  const words: Record<string, string | undefined> = {
    ...(last < 0 ? {} : rule.above?.exec(clean(above[last] ?? ""))?.groups),
    ...(next < 0 ? {} : rule.below?.exec(clean(below[next] ?? ""))?.groups),
    ...rule.pattern.exec(text)?.groups,
  };
  const cause = toLine(fill(rule.cause, words, text), LIMITS.cause);
  return {
    cause: cause === "" ? "the log names no error" : cause,
    lines: context(page.lines, page.from, at, next, mask),
    annotation: toAnnotation(words, rule.class === "spec" ? spec : null, cause),
  };
}

/** One template; where a name has no value the line itself says more. */
function fill(template: string | undefined, words: Readonly<Record<string, string | undefined>>, text: string): string {
  if (template === undefined) return text;
  const all: Readonly<Record<string, string | undefined>> = { ...words, text };
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  if (names.some((name) => all[name] === undefined)) return text;
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => (all[name] ?? "").trim());
}

/** One line without mock's directories, cut. */
export function toLine(text: string, limit: number): string {
  const line = shorten(text).replaceAll(/\s+/g, " ").trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).toWellFormed()}…`;
}

/** rpm ≥ 4.20 builds in BUILD/NVR-build/, and has the buildroot there. */
const DIRECTORIES: readonly (readonly [RegExp, string])[] = [
  [/\/builddir\/build\/BUILD\/[^/\s'":]+-build\/BUILDROOT\//g, "/"],
  [/\/builddir\/build\/BUILDROOT\/[^/\s'":]+\//g, "/"],
  [/\/builddir\/build\/BUILD\/(?:[^/\s'":]+-build\/)?(?:[^/\s'":]+\/)?/g, ""],
  [/\/builddir\/build\/(?:SOURCES|SPECS)\//g, ""],
];

function shorten(text: string): string {
  return DIRECTORIES.reduce((line, [directory, short]) => line.replaceAll(directory, short), text);
}

/** What ends an explanation: the tools that pass the failure on. */
const OVER =
  /^(?:make(?:\[\d+\])?: |RPM build errors:|Child return code was|EXCEPTION: |error: Bad exit status|ninja: )/;

function context(all: readonly string[], from: number, at: number, next: number, mask: Mask): string[] {
  const start = Math.max(from, at - SHOWN_ABOVE);
  const below = all.slice(at + 1, at + 1 + LOOK_BELOW);
  const over = below.findIndex((line, index) => index > next && OVER.test(line));
  const end = at + 1 + (over < 0 ? below.length : over);
  const block = all.slice(start, end).map((line) => line.slice(0, LIMITS.line));
  // As one text: keys have several lines.
  const lines = mask(block.join("\n"))
    .split("\n")
    .map((line) => printable(line, LIMITS.contextLine));
  return trimEmpty(lines.slice(0, LIMITS.context));
}

function printable(text: string, limit: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: whatever a build prints ends here
  const line = text.replaceAll(/[\x00-\x08\x0b-\x1f\x7f]/g, "").trimEnd();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).toWellFormed()}…`;
}

function trimEmpty(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line !== "");
  return first < 0 ? [] : lines.slice(first, findLast(lines, lines.length, (line) => line !== "") + 1);
}

function toAnnotation(
  words: Readonly<Record<string, string | undefined>>,
  spec: string | null,
  cause: string,
): Annotation | null {
  const path = toPath(words.file ?? spec ?? "");
  const line = Number(words.line);
  if (path === null || !Number.isSafeInteger(line) || line < 1) return null;
  const column = Number(words.column);
  return {
    path,
    line,
    column: Number.isSafeInteger(column) && column > 0 ? column : null,
    message: words.what === undefined ? cause : toLine(words.what, LIMITS.cause),
  };
}

/** Below the source tree; null for files of the buildroot itself. */
function toPath(file: string): string | null {
  const path = shorten(file).replace(/^(?:\.{1,2}\/)+/, "");
  return path === "" || path.startsWith("/") || path.startsWith("<") ? null : path;
}
