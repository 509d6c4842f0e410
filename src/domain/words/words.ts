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

const REASONS = Object.entries(EN).flatMap(([key, text]) => (key.startsWith("why_") ? [toReason(key, text)] : []));

function toReason(key: string, text: string): { key: WordKey; pattern: RegExp } {
  const pattern = text
    .replaceAll(/[.()[\]*+?^$|\\]/g, "\\$&")
    .replaceAll(/\{(\w+)\}/g, (_, name) => `(?<${name}>${name === "reason" ? ".+" : "\\S+"})`);
  return { key: key as WordKey, pattern: new RegExp(`^${pattern}$`) };
}

/** A reason from a record, in this language. What others say (the hub, a log) stays as it is. */
export function inLanguage(words: Words, reason: string): string {
  if (words === EN || reason.length > 300) return reason;
  for (const { key, pattern } of REASONS) {
    const match = pattern.exec(reason);
    if (match !== null) return fill(words[key], match.groups ?? {});
  }
  return reason;
}

export { EN, type WordKey, type Words };
