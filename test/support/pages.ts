import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

/** A page for users, from the root. */
export const PAGES: readonly string[] = ["*.md", "docs/**/*.md"]
  .flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
  .sort();

export interface Block {
  readonly page: string;
  readonly language: string;
  /** Without the indentation of the list it stands in. */
  readonly text: string;
}

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

export function blocksOf(page: string): Block[] {
  return [...readPage(page).matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)].map(
    ([, indent = "", language = "", text = ""]) => ({
      page,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );
}

export interface CommandLine {
  readonly page: string;
  readonly words: readonly string[];
  /** What `console` shows below it; null where nothing is shown. */
  readonly shown: string | null;
}

/** The command lines of a block, each command of a chain by itself. */
export function commandLinesOf({ page, language, text }: Block): CommandLine[] {
  if (language !== "sh" && language !== "console") return [];
  const joined = text.replaceAll(/\\\n\s*/g, " ");
  if (language === "console")
    return joined
      .split(/^\$ /m)
      .slice(1)
      .map((entry) => {
        const [line = "", ...shown] = entry.split("\n");
        return { page, words: wordsOf(line), shown: shown.join("\n") };
      });
  const lines = joined.split("\n").flatMap((line) => line.replace(/(?:^|\s)#.*$/, "").split(/\s+(?:&&|\|\|?|;)\s+/));
  return lines.filter((line) => line.trim() !== "").map((line) => ({ page, words: wordsOf(line), shown: null }));
}

/** As a shell takes them apart, `$(…)` aside; without `npx` and assignments before the command. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replaceAll(/['"]/g, ""));
  const first = words.findIndex((word) => word !== "npx" && !/^[A-Z_]+=/.test(word));
  return words.slice(Math.max(first, 0));
}

/** Targets of links within the repository. */
export function linksOf(page: string): string[] {
  const prose = readPage(page).replaceAll(/^( *)```.*\n[\s\S]*?^\1```$/gm, "");
  const links = [...prose.matchAll(/\]\(((?!https?:)[^)]+)\)/g)].map((match) => match[1] ?? "");
  return links.filter((link) => link !== "#");
}

/** As forges make them from headings. */
export function anchorsOf(page: string): string[] {
  const titles = [...readPage(page).matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? "");
  return titles.map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
