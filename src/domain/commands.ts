import { macroProblem } from "./macros.ts";
import { inlineCode } from "./markdown.ts";
import type { Role } from "./role.ts";
import { nearest } from "./suggest.ts";
import { EN, say, type Words } from "./words/words.ts";

/** What somebody asks for in a comment, `/koji …` at the start of a line. */
export type Command =
  | {
      readonly kind: "build";
      /** Empty: every target the rules have for it. */
      readonly targets: readonly string[];
      readonly arches: readonly string[];
      readonly macros: Readonly<Record<string, string | null>>;
      readonly real: boolean;
    }
  | { readonly kind: "retry"; readonly which: "failed" | "all" }
  /** Null: all that run. */
  | { readonly kind: "cancel"; readonly target: string | null }
  /** `sha`: the beginning of the commit that was looked at, if it was said. */
  | { readonly kind: "approve"; readonly all: boolean; readonly sha: string | null }
  | { readonly kind: "status" }
  | { readonly kind: "help" };

export type CommandKind = Command["kind"];
export type Asked = Command | { readonly problem: string };

export const COMMANDS: Readonly<Record<CommandKind, string>> = {
  build: "/koji build [TARGET…] [arch=ARCH,…] [MACRO=VALUE…] [--real]",
  retry: "/koji retry [failed|all]",
  cancel: "/koji cancel [TARGET]",
  approve: "/koji approve [COMMIT] [--all]",
  status: "/koji status",
  help: "/koji help",
};

/** What access to the repo each needs, unless the operator says otherwise. */
export const USUAL_ROLES = {
  build: "write",
  retry: "write",
  cancel: "write",
  approve: "write",
  status: "read",
  help: "read",
} as const satisfies Readonly<Record<CommandKind, Role>>;

/** One comment asks for a few things, not for a hundred. */
const MOST = 5;

/**
 * The commands of a comment, in order. What is quoted, code, or hidden is no command. Pure, never throws, linear.
 * @param text Markdown as its author wrote it
 */
export function parseCommands(text: string, words: Words = EN): readonly Asked[] {
  const lines = spokenLines(text).filter((line) => /^\/koji(?:\s|$)/.test(line));
  return lines.slice(0, MOST).map((line) => parseCommand(line.trim().split(/\s+/).slice(1), words));
}

/** Lines outside of fences, quotes, indented code and HTML comments; up to three blanks before them mean nothing in Markdown. */
function spokenLines(text: string): string[] {
  const spoken: string[] = [];
  let fence: string | null = null;
  let hidden = false;
  for (const raw of text.slice(0, 100_000).split(/\r\n|\r|\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(raw)?.[1];
    if (fence !== null) {
      const ends = mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length && /^[\s`~]*$/.test(raw);
      if (ends) fence = null;
      continue;
    }
    const wasHidden: boolean = hidden;
    hidden = staysHidden(raw, hidden);
    if (wasHidden) continue;
    if (mark !== undefined) fence = mark;
    else if (/^ {0,3}\/koji/.test(raw)) spoken.push(raw.trim());
  }
  return spoken;
}

/** Whether an HTML comment is open after this line. */
function staysHidden(line: string, hidden: boolean): boolean {
  const [open, close] = [line.lastIndexOf("<!--"), line.lastIndexOf("-->")];
  return open < 0 && close < 0 ? hidden : open > close;
}

function parseCommand([word = "help", ...rest]: readonly string[], words: Words): Asked {
  const kind = word.toLowerCase();
  switch (kind) {
    case "build":
      return parseBuild(rest, words);
    case "retry":
      return oneOf(rest, ["failed", "all"], (which) => ({ kind, which: which ?? "failed" }), kind, words);
    case "cancel":
      return rest.length > 1 ? tooMuch(kind, rest[1], words) : { kind, target: rest[0] ?? null };
    case "approve":
      return parseApprove(rest, words);
    case "status":
    case "help":
      return rest.length > 0 ? tooMuch(kind, rest[0], words) : { kind };
    default: {
      const near = nearest(kind, Object.keys(COMMANDS));
      const usage = COMMANDS[(near ?? "help") as CommandKind];
      return { problem: say(words, "cmd_unknown", { word: inlineCode(word), usage }) };
    }
  }
}

function oneOf<Word extends string>(
  rest: readonly string[],
  known: readonly Word[],
  make: (word: Word | undefined) => Command,
  kind: CommandKind,
  words: Words,
): Asked {
  const [first, second] = rest;
  const word = known.find((one) => one === first);
  if (second !== undefined || (first !== undefined && word === undefined)) return tooMuch(kind, second ?? first, words);
  return make(word);
}

function parseApprove(rest: readonly string[], words: Words): Asked {
  const shas = rest.filter((word) => word !== "--all");
  const strange = shas.find((word) => !/^[0-9a-f]{7,64}$/i.test(word)) ?? shas[1];
  if (strange !== undefined) return tooMuch("approve", strange, words);
  return { kind: "approve", all: rest.includes("--all"), sha: shas[0]?.toLowerCase() ?? null };
}

const TARGET = /^[A-Za-z0-9/_.+-]{1,256}$/;
const ARCHES = /^[a-z0-9_]{1,32}(?:,[a-z0-9_]{1,32})*$/;

function parseBuild(rest: readonly string[], words: Words): Asked {
  const targets: string[] = [];
  const arches: string[] = [];
  const macros: [string, string | null][] = [];
  let real = false;
  for (const word of rest) {
    const equals = word.indexOf("=");
    const [name, value] = [word.slice(0, Math.max(equals, 0)), word.slice(equals + 1)];
    if (word === "--real") real = true;
    else if (name === "arch" && ARCHES.test(value)) arches.push(...value.split(","));
    else if (equals > 0 && name !== "arch") {
      const problem = macroProblem(name, value);
      if (problem !== null) return { problem: say(words, "cmd_macro", { word: inlineCode(word), problem }) };
      macros.push([name, value]);
    } else if (equals < 0 && !word.startsWith("-") && TARGET.test(word)) targets.push(word);
    else return tooMuch("build", word, words);
  }
  if (real && arches.length > 0) return { problem: say(words, "cmd_real_arch") };
  return { kind: "build", targets, arches, macros: Object.fromEntries(macros), real };
}

function tooMuch(kind: CommandKind, word: string | undefined, words: Words): Asked {
  return { problem: say(words, "cmd_strange", { word: inlineCode(word ?? ""), usage: COMMANDS[kind] }) };
}
