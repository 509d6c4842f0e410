import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const CHINESE = join(ROOT, "docs/zh-CN");

/** A page in English and in Chinese, from the root. */
const PAGES: readonly (readonly [english: string, chinese: string])[] = [
  ["README.md", "README.zh-CN.md"],
  ...readdirSync(CHINESE).map((page) => [`docs/${page}`, `docs/zh-CN/${page}`] as const),
];

/** What users of both languages are promised. */
const REQUIRED = ["ci", "macros", "operate"];

const read = (page: string): string => readFileSync(join(ROOT, page), "utf8");

/** Fenced blocks, with their language and indentation. */
function blocksOf(text: string): string[] {
  return [...text.matchAll(/^( *)```.*\n[\s\S]*?^\1```$/gm)].map(([block]) => block);
}

/** Depths of the headings, one after the other. */
function outlineOf(text: string): string[] {
  const prose = blocksOf(text).reduce((rest, block) => rest.replace(block, ""), text);
  return [...prose.matchAll(/^(#+) /gm)].map((match) => match[1] ?? "");
}

/** Targets of links within the repository, from the root. */
function linksOf(page: string): string[] {
  const links = [...read(page).matchAll(/\]\(((?!https?:)[^)]+)\)/g)].map((match) => match[1] ?? "");
  return links.filter((link) => link !== "#");
}

/** As forges make them from headings. */
function anchorsOf(text: string): string[] {
  const titles = [...text.matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? "");
  return titles.map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

it.each(REQUIRED)("%s is there in both languages", (page) => {
  for (const path of [`docs/${page}.md`, `docs/zh-CN/${page}.md`])
    expect(existsSync(join(ROOT, path)), path).toBe(true);
});

describe.each(PAGES)("%s and %s", (english, chinese) => {
  it("have the same blocks of code", () => {
    expect(blocksOf(read(chinese))).toEqual(blocksOf(read(english)));
  });

  it("have the same outline", () => {
    expect(outlineOf(read(chinese))).toEqual(outlineOf(read(english)));
  });

  it("have tables with the same number of rows", () => {
    const rows = (page: string) => read(page).match(/^(> )?\|/gm)?.length;
    expect(rows(chinese)).toBe(rows(english));
  });

  it("link to each other", () => {
    const targets = (page: string) => linksOf(page).map((link) => resolve(ROOT, dirname(page), link));
    expect(targets(english)).toContain(join(ROOT, chinese));
    expect(targets(chinese)).toContain(join(ROOT, english));
  });

  it.each([[english], [chinese]])("%s links to what is there", (page) => {
    for (const link of linksOf(page)) {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
      expect(existsSync(target), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(readFileSync(target, "utf8")), link).toContain(anchor);
    }
  });
});
