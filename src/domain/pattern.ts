import { KojibridgeError } from "./errors.ts";
import { parseGlob } from "./glob.ts";
import { createMachine } from "./pattern-machine.ts";
import type { Values } from "./placeholders.ts";
import { certainNames, parseRegex } from "./regex.ts";

/** Git itself refuses longer names; a hostile payload may hold megabytes. */
export const MAX_TEXT = 4096;
const MAX_PATTERN = 500;

export interface Pattern {
  /** Its named groups. */
  readonly names: readonly string[];
  /** Those that hold something whenever it matches. */
  readonly certain: readonly string[];
  /** What its groups hold; null if the text does not match. */
  match(text: string): Values | null;
}

/**
 * A glob, or a regular expression between slashes, matching as it is anchored.
 * @throws KojibridgeError `invalid`, saying what is wrong with the pattern
 */
export function compilePattern(pattern: string): Pattern {
  if (pattern === "") throw bad("the pattern is empty");
  if (pattern.length > MAX_PATTERN) throw bad(`the pattern is longer than ${MAX_PATTERN} characters`);
  const node = pattern.startsWith("/") ? parseRegex(betweenSlashes(pattern)) : parseGlob(pattern);
  const { names, exec } = createMachine(node);
  return { names, certain: certainNames(node), match: (text) => (text.length <= MAX_TEXT ? exec(text) : null) };
}

/** The same for `FORGE:PATH`: a regular expression is about the path alone. */
export function compileRepoPattern(pattern: string): Pattern {
  const [, forge, regex] = /^([^:/]+:)(\/.*)$/s.exec(pattern) ?? [];
  if (forge === undefined || regex === undefined) return compilePattern(pattern);
  const { names, certain, match } = compilePattern(regex);
  return { names, certain, match: (text) => (text.startsWith(forge) ? match(text.slice(forge.length)) : null) };
}

/** A list of patterns; `!pattern` excludes wherever it stands. */
export interface Patterns {
  readonly patterns: readonly string[];
  /** True if no `!pattern` matches and some other one does; a list of only `!patterns` takes all the rest. */
  matches(text: string): boolean;
  /** The same of several texts as a whole. Of the patterns that match, the first one fills its groups. */
  match(texts: readonly string[]): Values | null;
}

/** @throws KojibridgeError `invalid` */
export function compilePatterns(patterns: readonly string[], compile = compilePattern): Patterns {
  const positive = patterns.filter((pattern) => !isExclusion(pattern)).map((pattern) => compile(pattern));
  const negative = patterns.filter(isExclusion).map((pattern) => compile(pattern.slice(1)));

  function match(texts: readonly string[]): Values | null {
    const tooLong = texts.some((text) => text.length > MAX_TEXT);
    if (tooLong || negative.some((pattern) => texts.some((text) => pattern.match(text)))) return null;
    for (const pattern of positive) {
      for (const text of texts) {
        const values = pattern.match(text);
        if (values !== null) return values;
      }
    }
    return positive.length === 0 ? {} : null;
  }

  return Object.freeze({
    patterns: Object.freeze([...patterns]),
    matches: (text: string) => match([text]) !== null,
    match,
  });
}

export function isExclusion(pattern: string): boolean {
  return pattern.startsWith("!");
}

function betweenSlashes(pattern: string): string {
  const [, source, flags] = /^\/(.+)\/([a-z]*)$/s.exec(pattern) ?? [];
  if (source === undefined) throw bad("what starts with `/` is a regular expression and ends with `/`");
  if (flags !== "") throw bad(`no flags after a regular expression; drop the \`${flags}\``);
  return source;
}

function bad(message: string): KojibridgeError {
  return new KojibridgeError("invalid", message);
}
