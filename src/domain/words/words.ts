import { EN, type WordKey, type Words } from "./en.ts";
import { ZH_CN } from "./zh-cn.ts";

type English = typeof EN;

export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];
export const WORDS: Readonly<Record<Language, Words>> = { en: EN, "zh-CN": ZH_CN };

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<Key extends WordKey> = [Names<English[Key]>] extends [never]
  ? []
  : [values: Readonly<Record<Names<English[Key]>, string | number>>];

/** What this language says there, with the values filled in. */
export function say<Key extends WordKey>(words: Words, key: Key, ...[values]: Values<Key>): string {
  return fill(words[key], values ?? {});
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Placeholders whose value is a reason of its own, or may be. */
const REASONS_WITHIN = new Set(["reason", "help", "other", "source", "ours", "found", "before"]);
/** Those with spaces in them. */
const LISTS = new Set(["arches", "wanted", "globs", "names", "branches", "marker"]);
/** The longest of ours with long names in it; a whole log is not searched. */
const MAX_LENGTH = 1000;

const REASONS = Object.entries(EN).flatMap(([key, text]) => (key.startsWith("why_") ? [toReason(key, text)] : []));

function toReason(key: string, text: string): { key: WordKey; pattern: RegExp } {
  const pattern = text
    .replaceAll(/[.()[\]*+?^$|\\]/g, "\\$&")
    .replaceAll(/\{(\w+)\}/g, (_, name: string, at: number, whole: string) =>
      whole.indexOf(`{${name}}`) < at ? `\\k<${name}>` : `(?<${name}>${toValue(name)})`,
    );
  return { key: key as WordKey, pattern: new RegExp(`^${pattern}$`) };
}

/** What may stand there: one word, as names, ids and times are, unless something longer is known to. */
function toValue(name: string): string {
  return REASONS_WITHIN.has(name) || LISTS.has(name) ? ".+?" : "\\S+";
}

/** A reason from a record, in this language. What others say (the hub, a log) stays as it is. */
export function inLanguage(words: Words, reason: string): string {
  if (words === EN || reason.length > MAX_LENGTH) return reason;
  for (const { key, pattern } of REASONS) {
    const match = pattern.exec(reason);
    if (match !== null) return fill(words[key], translate(words, match.groups ?? {}));
  }
  return reason;
}

function translate(words: Words, groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, value]) => [name, REASONS_WITHIN.has(name) ? inLanguage(words, value) : value]),
  );
}

export { EN, type WordKey, type Words };
