import { KojibridgeError } from "./errors.ts";

/** A pattern as a tree, whether written as a glob or as a regular expression. */
export type Node =
  | { readonly kind: "char"; readonly accepts: (char: string) => boolean }
  /** Takes nothing; `before` and `after` are the characters around it, empty at the ends of the text. */
  | { readonly kind: "assert"; readonly holds: (before: string, after: string) => boolean }
  | { readonly kind: "all"; readonly parts: readonly Node[] }
  | { readonly kind: "either"; readonly options: readonly Node[] }
  | { readonly kind: "repeat"; readonly node: Node; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly kind: "named"; readonly name: string; readonly node: Node };

type Step =
  | Extract<Node, { kind: "char" | "assert" }>
  /** In order of preference. */
  | { readonly kind: "fork"; readonly to: readonly number[] }
  | { readonly kind: "save"; readonly slot: number };

export interface Machine {
  /** Named groups, in the order of the pattern. */
  readonly names: readonly string[];
  /** What the groups hold, those that took part; null if the text does not match anywhere. */
  exec(text: string): Record<string, string> | null;
}

const MAX_STEPS = 2000;

/**
 * The tree becomes a set of states walked side by side, so time is (text × pattern) whatever both contain; a RegExp
 * would backtrack. Prefers what a RegExp prefers. Source: https://swtch.com/~rsc/regexp/regexp2.html
 * @throws KojibridgeError `invalid` when the pattern is too large with its repetitions written out
 */
export function createMachine(node: Node): Machine {
  const names: string[] = [];
  const program = compile(node, names);
  const unset = names.flatMap(() => [-1, -1]);
  return {
    names,
    exec(text) {
      const slots = run(program, text, unset);
      return slots && Object.fromEntries(names.flatMap((name, i) => entry(name, text, slots[2 * i], slots[2 * i + 1])));
    },
  };
}

function entry(name: string, text: string, from = -1, to = -1): [string, string][] {
  return from < 0 || to < 0 ? [] : [[name, text.slice(from, to)]];
}

function compile(root: Node, names: string[]): Step[] {
  const program: Step[] = [];

  function either(options: readonly Node[]): void {
    const starts: number[] = [];
    const ends: number[] = [];
    program.push({ kind: "fork", to: starts });
    for (const option of options) {
      starts.push(program.length);
      emit(option);
      program.push({ kind: "fork", to: ends });
    }
    ends.push(program.length);
  }

  function repeat({ node, min, max, lazy }: Extract<Node, { kind: "repeat" }>): void {
    for (let i = 0; i < min; i += 1) emit(node);
    const exits: number[][] = [];
    for (let i = min; i < (max === Infinity ? min + 1 : max); i += 1) {
      const start = program.length;
      const to = [start + 1];
      exits.push(to);
      program.push({ kind: "fork", to });
      emit(node);
      if (max === Infinity) program.push({ kind: "fork", to: [start] });
    }
    for (const to of exits) to.splice(lazy ? 0 : 1, 0, program.length);
  }

  function emit(node: Node): void {
    if (program.length > MAX_STEPS) {
      throw new KojibridgeError("invalid", "the pattern is too large with its repetitions written out");
    }
    if (node.kind === "all") node.parts.forEach(emit);
    else if (node.kind === "either") either(node.options);
    else if (node.kind === "repeat") repeat(node);
    else if (node.kind === "named") {
      const slot = 2 * (names.push(node.name) - 1);
      program.push({ kind: "save", slot });
      emit(node.node);
      program.push({ kind: "save", slot: slot + 1 });
    } else program.push(node);
  }

  emit(root);
  return program;
}

interface Thread {
  readonly step: number;
  readonly slots: readonly number[];
}

/** The slots of the match a RegExp would find, leftmost first; null without one. */
function run(program: readonly Step[], text: string, unset: readonly number[]): readonly number[] | null {
  const seen = new Uint32Array(program.length + 1);
  let threads: Thread[] = [];
  let found: readonly number[] | null = null;
  let at = 0;
  let before = "";
  for (const char of [...text, ""]) {
    const ready: Thread[] = [];
    const enter = (step: number, slots: readonly number[]): void => {
      if (seen[step] === at + 1) return;
      seen[step] = at + 1;
      const what = program[step];
      if (what?.kind === "fork") for (const next of what.to) enter(next, slots);
      else if (what?.kind === "save") enter(step + 1, slots.with(what.slot, at));
      else if (what?.kind !== "assert") ready.push({ step, slots });
      else if (what.holds(before, char)) enter(step + 1, slots);
    };
    for (const { step, slots } of threads) enter(step, slots);
    if (found === null) enter(0, unset);
    threads = [];
    for (const { step, slots } of ready) {
      const what = program[step];
      if (what === undefined) {
        found = slots;
        break; // What comes after it is preferred less.
      }
      if (what.kind === "char" && char !== "" && what.accepts(char)) threads.push({ step: step + 1, slots });
    }
    if (threads.length === 0 && found !== null) break;
    at += char.length;
    before = char;
  }
  return found;
}
