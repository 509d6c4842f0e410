/**
 * A little of Mustache, for comments that operators word themselves: `{{name}}`, `{{word.name}}`, `{{#list}}…{{/list}}`,
 * `{{^list}}…{{/list}}` (if there is none) and `{{! remark }}`, each on one line. No code, no files. What is filled in
 * was escaped by whoever made the view. A line of nothing but section tags and remarks leaves no line behind.
 */

/** What a template may name. A section over a list is repeated; over a flag or a text it is there or not. */
export interface View {
  readonly [name: string]: string | number | boolean | View | readonly View[];
}

type Value = View[string];

interface Tag {
  /** Empty for a variable. */
  readonly sign: "" | "#" | "^";
  readonly name: string;
  readonly line: number;
  readonly parts: Part[];
}

type Part = string | Tag;
export type Template = readonly Part[];

export interface TemplateProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export type ParsedTemplate =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] };

/** `sample` has everything that may be named, lists with one item: any other name is a problem. */
export function parseTemplate(text: string, sample: View): ParsedTemplate {
  const problems: TemplateProblem[] = [];
  const template: Part[] = [];
  const open: Tag[] = [];
  for (const token of tokensOf(text)) {
    const parts = open.at(-1)?.parts ?? template;
    if (typeof token === "string") parts.push(token);
    else if (token.sign === "?") problems.push({ line: token.line, message: "a {{ or }} without its other half" });
    else if (token.sign === "/") problems.push(...close(open, token));
    else if (token.sign !== "!") {
      const tag: Tag = { sign: token.sign, name: token.name, line: token.line, parts: [] };
      problems.push(...nameProblems(tag, scopeOf(open, sample)));
      parts.push(tag);
      if (tag.sign !== "") open.push(tag);
    }
  }
  for (const { name, line } of open) problems.push({ line, message: `{{#${name}}} is never closed` });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, template };
}

interface Token {
  readonly sign: "" | "#" | "^" | "/" | "!" | "?";
  readonly name: string;
  readonly line: number;
}

const TAG = /\{\{([#^/!]?)([^{}]*)\}\}/g;
const ONLY_TAGS = /^[ \t]*(?:\{\{[#^/!][^{}]*\}\}[ \t]*)+$/;

function* tokensOf(text: string): Generator<string | Token> {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  for (const [i, line] of lines.entries()) {
    const alone = ONLY_TAGS.test(line);
    let at = 0;
    for (const match of line.matchAll(TAG)) {
      if (!alone) yield* plain(line.slice(at, match.index), i + 1);
      at = match.index + match[0].length;
      yield { sign: (match[1] ?? "") as Token["sign"], name: (match[2] ?? "").trim(), line: i + 1 };
    }
    if (!alone) yield* plain(line.slice(at), i + 1);
    if (!alone && i < lines.length - 1) yield "\n";
  }
}

function* plain(text: string, line: number): Generator<string | Token> {
  if (text.includes("{{") || text.includes("}}")) yield { sign: "?", name: text, line };
  else if (text !== "") yield text;
}

function close(open: Tag[], { name, line }: Token): TemplateProblem[] {
  const last = open.at(-1);
  if (last?.name === name) {
    open.pop();
    return [];
  }
  const expected = last === undefined ? "no section is open" : `{{/${last.name}}} is expected`;
  return [{ line, message: `{{/${name}}}: ${expected}` }];
}

function nameProblems(tag: Tag, scope: readonly View[]): TemplateProblem[] {
  const { line, name } = tag;
  const value = lookUp(name, scope);
  if (value === undefined) return [{ line, message: `there is no {{${name}}} here` }];
  const isText = typeof value !== "object";
  return tag.sign === "" && !isText
    ? [{ line, message: `{{${name}}} is a list: write {{#${name}}}…{{/${name}}}` }]
    : [];
}

/** Innermost last. */
function scopeOf(open: readonly Tag[], sample: View): View[] {
  const scope = [sample];
  for (const { name } of open) {
    const value = lookUp(name, scope);
    const item = Array.isArray(value) ? value[0] : value;
    if (isView(item)) scope.push(item);
  }
  return scope;
}

/** The template with the values of the view. */
export function render(template: Template, view: View): string {
  return renderIn(template, [view]);
}

function renderIn(parts: Template, scope: readonly View[]): string {
  return parts.map((part) => (typeof part === "string" ? part : renderTag(part, scope))).join("");
}

function renderTag({ sign, name, parts }: Tag, scope: readonly View[]): string {
  const value = lookUp(name, scope);
  if (sign === "") return value === undefined || typeof value === "object" ? "" : String(value);
  const items = toItems(value);
  if (sign === "^") return items.length === 0 ? renderIn(parts, scope) : "";
  return items.map((item) => renderIn(parts, isView(item) ? [...scope, item] : scope)).join("");
}

function toItems(value: Value | undefined): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === false || value === "" || value === 0 ? [] : [value];
}

function lookUp(name: string, scope: readonly View[]): Value | undefined {
  const [first = "", ...rest] = name.split(".");
  const home = scope.findLast((view) => Object.hasOwn(view, first));
  let value: Value | undefined = home?.[first];
  for (const step of rest) value = isView(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value;
}

function isView(value: unknown): value is View {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
