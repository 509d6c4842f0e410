import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";
import type { Path } from "./problem.ts";

interface Spot {
  readonly line: number;
  readonly column: number;
}

/** A configuration as text: its value, and where each part of it stands. */
export interface ConfigDocument {
  readonly value: unknown;
  /** The text at that path, or the key of what is no text; what is missing, at the key that should hold it. */
  spotOf(path: Path, atKey?: boolean): Spot;
  /** What YAML itself objects to. */
  readonly problems: readonly (Spot & { readonly message: string })[];
  /** False: it could not be read well enough to judge its content. */
  readonly usable: boolean;
}

/** Enough for anchors written by people, too few for an alias bomb. */
const MAX_ALIASES = 100;

interface Complaint {
  readonly code: ErrorCode | "VERSION";
  readonly message: string;
  readonly offset: number;
}

/** Reads YAML 1.2. */
export function readDocument(text: string): ConfigDocument {
  const lines = new LineCounter();
  const spot = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
    const complaints = complaintsOf(document);
    const usable = complaints.every((complaint) => complaint.code === "DUPLICATE_KEY");
    return {
      value: usable ? document.toJS({ maxAliasCount: MAX_ALIASES }) : undefined,
      spotOf: (path, atKey = false) => spot(offsetOf(document, path, atKey)),
      problems: worthSaying(complaints.map((complaint) => ({ ...complaint, ...spot(complaint.offset) }))),
      usable,
    };
  } catch (error) {
    const message = unreadable(error);
    return { value: undefined, spotOf: () => spot(0), problems: [{ line: 1, column: 1, message }], usable: false };
  }
}

/** What the parser throws: on an alias bomb, and on nesting beyond the stack. */
function unreadable(error: unknown): string {
  if (error instanceof ReferenceError) return "too many aliases; write the values out";
  if (error instanceof RangeError) return "nested too deeply";
  throw error;
}

function complaintsOf(document: Document.Parsed): Complaint[] {
  const complaints: Complaint[] = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    code,
    message: inOurWords(code, message),
    offset: pos[0],
  }));
  if (document.directives.yaml.version !== "1.2") {
    complaints.push({ code: "VERSION", message: "this file is read as YAML 1.2; remove the %YAML line", offset: 0 });
  }
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return;
      const message = `nothing is anchored as \`${alias.source}\`; a text that starts with \`*\` needs quotes`;
      complaints.push({ code: "BAD_ALIAS", message, offset: alias.range?.[0] ?? 0 });
    },
  });
  return complaints;
}

/** The parser stumbles on: what it says of a line after its first word is guesswork, unless we know it. */
function worthSaying(complaints: readonly (Complaint & Spot)[]): (Spot & { message: string })[] {
  const kept = complaints.filter(({ line, offset, code }, i) => {
    const earlier = complaints.slice(0, i).filter((other) => other.line === line);
    return earlier.length === 0 || (WORDS[code] !== undefined && earlier.every((other) => other.offset !== offset));
  });
  return kept.map(({ line, column, message }) => ({ line, column, message }));
}

const WORDS: Partial<Record<string, string>> = {
  TAB_AS_INDENT: "a tab; indent with spaces",
  DUPLICATE_KEY: "this key is there twice; keep one",
  MULTIPLE_DOCS: "a second document; one file holds one configuration",
  BAD_ALIAS: 'a text that starts with `*` needs quotes: "*"',
  RESOURCE_EXHAUSTION: "nested too deeply",
  TAG_RESOLVE_FAILED: "a text that starts with `!` needs quotes",
  BAD_SCALAR_START: "a text that starts with this character needs quotes",
};

function inOurWords(code: string, message: string): string {
  return WORDS[code] ?? message.charAt(0).toLowerCase() + message.slice(1).replace(/(["'])quote/, "quote $1");
}

/** Follows the path as far as it leads. */
function offsetOf(document: Document.Parsed, path: Path, atKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const part of path) {
    const [key, value] = stepInto(node, part);
    if (key === undefined) return offset;
    offset = startOf(!atKey && (isAlias(value) || isText(value)) ? value : key);
    node = value;
  }
  return offset;
}

/** The node to name for that part of a path, and the value behind it. */
function stepInto(node: unknown, part: string | number): [key?: unknown, value?: unknown] {
  if (isSeq(node) && typeof part === "number") return [node.items[part], node.items[part]];
  const pair = isMap(node) && node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  return pair ? [pair.key, pair.value] : [];
}

function isText(node: unknown): boolean {
  return isScalar(node) && node.source !== "";
}

function startOf(node: unknown): number {
  return (isNode(node) && node.range?.[0]) || 0;
}
