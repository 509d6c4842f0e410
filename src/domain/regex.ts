import { KojibridgeError } from "./errors.ts";
import type { Node } from "./pattern-machine.ts";

const TOKEN =
  /\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[\da-fA-F]{4}|\\x..|\\c.|\\.|\[(?:\\.|[^\]\\])*\]|\(\?<\w+>|\(\?:|\(\?|(?:[*+?]|\{[\d,]+\})\??|./gsu;
const GROUP_NAME = /^[a-z][a-z0-9_]{0,30}$/;

const ASSERTIONS: Partial<Record<string, Extract<Node, { kind: "assert" }>["holds"]>> = {
  "^": (before) => before === "",
  $: (_, after) => after === "",
  "\\b": (before, after) => isWord(before) !== isWord(after),
  "\\B": (before, after) => isWord(before) === isWord(after),
};

/**
 * JavaScript's regular expressions (flag `u`) without what needs backtracking: no look-around, no back-references, and
 * what is optional or repeats has to take something each time.
 * @throws KojibridgeError `invalid`, saying what is wrong with it
 */
export function parseRegex(source: string): Node {
  const mistake = syntaxMistake(source);
  if (mistake !== null) throw bad(`this is no regular expression: ${mistake}`);
  const tokens = source.match(TOKEN) ?? [];
  let at = 0;

  function either(): Node {
    const options = [sequence()];
    while (tokens[at] === "|") {
      at += 1;
      options.push(sequence());
    }
    return options.length === 1 && options[0] ? options[0] : { kind: "either", options };
  }

  function sequence(): Node {
    const parts: Node[] = [];
    for (let token = tokens[at]; token !== undefined && token !== "|" && token !== ")"; token = tokens[at]) {
      at += 1;
      const node = token.startsWith("(") ? group(token) : toAtom(token);
      const times = toTimes(tokens[at]);
      if (times !== null) at += 1;
      parts.push(times === null ? node : repeated(node, times));
    }
    return { kind: "all", parts };
  }

  function group(opening: string): Node {
    if (opening === "(?") throw bad("no look-around and no flags in a regular expression here");
    const node = either();
    at += 1;
    const name = /<(.*)>/.exec(opening)?.[1];
    if (name === undefined) return node;
    if (!GROUP_NAME.test(name)) throw bad(`name the group \`${name}\` in lower case: letters, digits and \`_\``);
    return { kind: "named", name, node };
  }

  const node = either();
  const names = namesIn(node);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw bad(`the group \`${twice}\` is there twice`);
  return node;
}

/** Those groups that hold something whenever the pattern matches. */
export function certainNames(node: Node): string[] {
  switch (node.kind) {
    case "all":
      return node.parts.flatMap(certainNames);
    case "named":
      return [node.name, ...certainNames(node.node)];
    case "repeat":
      return node.min === 0 ? [] : certainNames(node.node);
    default:
      // No name is there twice, so no name is in every option.
      return [];
  }
}

function syntaxMistake(source: string): string | null {
  try {
    new RegExp(source, "u");
    return null;
  } catch (error) {
    return error instanceof SyntaxError ? error.message.replace(/^.*: /s, "").toLowerCase() : String(error);
  }
}

/** A class or an escape of one character is left to RegExp: one character gives it nothing to backtrack over. */
function toAtom(token: string): Node {
  const holds = ASSERTIONS[token];
  if (holds !== undefined) return { kind: "assert", holds };
  if (/^\\[1-9k]/.test(token)) throw bad("no back-references in a regular expression here");
  if (token !== "." && !/^[\\[]/.test(token)) return { kind: "char", accepts: (char) => char === token };
  const one = new RegExp(`^${token}$`, "u");
  return { kind: "char", accepts: (char) => one.test(char) };
}

interface Times {
  readonly min: number;
  readonly max: number;
  readonly lazy: boolean;
}

function toTimes(token = ""): Times | null {
  const [, sign = "", min = "", comma, max = ""] = /^([*+?])\??$|^\{(\d+)(,?)(\d*)\}\??$/.exec(token) ?? [];
  const lazy = token.length > 1 && token.endsWith("?");
  if (sign !== "") return { min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : Infinity, lazy };
  if (min === "") return null;
  return { min: Number(min), max: comma === "" ? Number(min) : max === "" ? Infinity : Number(max), lazy };
}

function repeated(node: Node, times: Times): Node {
  if (times.max > 1 && namesIn(node).length > 0) throw bad("a named group that repeats has no single value");
  // There RegExp and we would part, and nobody means it.
  if (isMaybeEmpty(node)) throw bad("what is optional or repeats here may be empty; let it take a character");
  return { kind: "repeat", node, ...times };
}

function namesIn(node: Node): string[] {
  if (node.kind === "all") return node.parts.flatMap(namesIn);
  if (node.kind === "either") return node.options.flatMap(namesIn);
  if (node.kind === "named") return [node.name, ...namesIn(node.node)];
  return node.kind === "repeat" ? namesIn(node.node) : [];
}

function isMaybeEmpty(node: Node): boolean {
  if (node.kind === "all") return node.parts.every(isMaybeEmpty);
  if (node.kind === "either") return node.options.some(isMaybeEmpty);
  if (node.kind === "named") return isMaybeEmpty(node.node);
  return node.kind === "assert" || (node.kind === "repeat" && (node.min === 0 || isMaybeEmpty(node.node)));
}

function isWord(char: string): boolean {
  return /^\w$/.test(char);
}

function bad(message: string): KojibridgeError {
  return new KojibridgeError("invalid", message);
}
