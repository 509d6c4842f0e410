import { KojibridgeError } from "./errors.ts";
import type { Node } from "./pattern-machine.ts";

const INNER: Node = { kind: "char", accepts: (char) => char !== "/" };
const ANY: Node = { kind: "char", accepts: () => true };
const START: Node = { kind: "assert", holds: (before) => before === "" };
const END: Node = { kind: "assert", holds: (_, after) => after === "" };

/**
 * `*` any run without `/`, `**` any run, `?` one character but `/`, `{a,b}` either; everything else stands for itself.
 * Matches the whole text or not at all.
 * @throws KojibridgeError `invalid`, saying what is wrong with the glob
 */
export function parseGlob(glob: string): Node {
  const chars = [...glob];
  let at = 0;

  function star(): Node {
    const node = chars[at] === "*" ? ANY : INNER;
    while (chars[at] === "*") at += 1;
    return { kind: "repeat", node, min: 0, max: Infinity, lazy: false };
  }

  function braces(depth: number): Node {
    const options: Node[] = [];
    do {
      options.push(sequence(depth));
      at += 1;
    } while (chars[at - 1] === ",");
    if (options.length === 1) throw bad("`{…}` needs a comma, as in `{a,b}`; placeholders have no value here");
    return { kind: "either", options };
  }

  function sequence(depth: number): Node {
    const parts: Node[] = [];
    for (; at < chars.length; ) {
      const char = chars[at] ?? "";
      if (depth > 0 && (char === "," || char === "}")) return { kind: "all", parts };
      at += 1;
      if (char === "*") parts.push(star());
      else if (char === "?") parts.push(INNER);
      else if (char === "{") parts.push(braces(depth + 1));
      else if (char === "}") throw bad("`}` closes nothing");
      else parts.push({ kind: "char", accepts: (other) => other === char });
    }
    if (depth > 0) throw bad("`{` is not closed");
    return { kind: "all", parts };
  }

  return { kind: "all", parts: [START, sequence(0), END] };
}

function bad(message: string): KojibridgeError {
  return new KojibridgeError("invalid", message);
}
