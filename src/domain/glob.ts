import { KojibridgeError } from "./errors.ts";

/** Git itself refuses longer names; a hostile payload may hold megabytes. */
const MAX_TEXT = 4096;
const MAX_PATTERN = 500;

type Step =
  | { readonly kind: "char"; readonly char: string }
  /** Any character but `/`. */
  | { readonly kind: "inner" }
  | { readonly kind: "any" }
  | { readonly kind: "fork"; readonly to: readonly number[] };

/**
 * `*` any run without `/`, `**` any run, `?` one character but `/`, `{a,b}` either; everything else stands for itself.
 * The pattern becomes a set of states walked side by side, so time is (text × pattern) whatever both contain; a RegExp
 * would backtrack.
 * @throws KojibridgeError `invalid`, saying what is wrong with the pattern
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  if (pattern === "") throw bad("the pattern is empty");
  if (pattern.length > MAX_PATTERN) throw bad(`the pattern is longer than ${MAX_PATTERN} characters`);
  const program = parse([...pattern]);
  return (text) => text.length <= MAX_TEXT && run(program, text);
}

/** A list of globs; the order of its entries means nothing. */
export interface Globs {
  readonly patterns: readonly string[];
  /** True if no `!pattern` matches and some other one does; a list of only `!patterns` takes all the rest. */
  matches(text: string): boolean;
}

/** @throws KojibridgeError `invalid` */
export function compileGlobs(patterns: readonly string[]): Globs {
  const positive = patterns.filter((pattern) => !pattern.startsWith("!")).map(compileGlob);
  const negative = patterns
    .filter((pattern) => pattern.startsWith("!"))
    .map((pattern) => compileGlob(pattern.slice(1)));
  return Object.freeze({
    patterns: Object.freeze([...patterns]),
    matches: (text: string) =>
      text.length <= MAX_TEXT &&
      !negative.some((match) => match(text)) &&
      (positive.length === 0 || positive.some((match) => match(text))),
  });
}

function bad(message: string): KojibridgeError {
  return new KojibridgeError("invalid", message);
}

function parse(chars: readonly string[]): Step[] {
  const program: Step[] = [];
  let at = 0;

  function star(): void {
    const kind = chars[at] === "*" ? "any" : "inner";
    while (chars[at] === "*") at += 1;
    const loop = program.length;
    program.push({ kind: "fork", to: [loop + 1, loop + 3] }, { kind }, { kind: "fork", to: [loop] });
  }

  function braces(depth: number): void {
    const starts: number[] = [];
    const ends: number[] = [];
    program.push({ kind: "fork", to: starts });
    do {
      starts.push(program.length);
      sequence(depth);
      program.push({ kind: "fork", to: ends });
      at += 1;
    } while (chars[at - 1] === ",");
    if (starts.length === 1) throw bad("`{…}` needs a comma, as in `{a,b}`; placeholders have no value here");
    ends.push(program.length);
  }

  function sequence(depth: number): void {
    for (; at < chars.length; ) {
      const char = chars[at] ?? "";
      if (depth > 0 && (char === "," || char === "}")) return;
      at += 1;
      if (char === "*") star();
      else if (char === "?") program.push({ kind: "inner" });
      else if (char === "{") braces(depth + 1);
      else if (char === "}") throw bad("`}` closes nothing");
      else program.push({ kind: "char", char });
    }
    if (depth > 0) throw bad("`{` is not closed");
  }

  sequence(0);
  return program;
}

function run(program: readonly Step[], text: string): boolean {
  let states = new Set<number>();
  enter(program, states, 0);
  for (const char of text) {
    const next = new Set<number>();
    for (const state of states) if (accepts(program[state], char)) enter(program, next, state + 1);
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(program.length);
}

function enter(program: readonly Step[], states: Set<number>, state: number): void {
  if (states.has(state)) return;
  states.add(state);
  const step = program[state];
  if (step?.kind === "fork") for (const next of step.to) enter(program, states, next);
}

function accepts(step: Step | undefined, char: string): boolean {
  if (step?.kind === "char") return step.char === char;
  return step?.kind === "any" || (step?.kind === "inner" && char !== "/");
}
