import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { blocksOf, linksOf, PAGES, readPage } from "../support/pages.ts";

/** What users of both languages are promised. */
const REQUIRED = [
  "ci",
  "first-ten-minutes",
  "forgejo",
  "github",
  "gitlab",
  "glossary",
  "macros",
  "operate",
  "security",
  "troubleshooting",
];

/** A page in English and in Chinese. */
const PAIRS: readonly (readonly [english: string, chinese: string])[] = [
  ["README.md", "README.zh-CN.md"],
  ...REQUIRED.map((page) => [`docs/${page}.md`, `docs/zh-CN/${page}.md`] as const),
];

it("no page is in Chinese only, or in Chinese and not looked at here", () => {
  const chinese = PAGES.filter((page) => page.includes("zh-CN"));
  expect(chinese).toEqual(PAIRS.map(([, page]) => page).sort());
});

describe.each(PAIRS)("%s and %s", (english, chinese) => {
  it("have the same blocks of code", () => {
    const blocks = (page: string) => blocksOf(page).map(({ language, text }) => [language, text]);
    expect(blocks(chinese)).toEqual(blocks(english));
  });

  it("have the same outline", () => expect(outlineOf(chinese)).toEqual(outlineOf(english)));

  it("have tables with the same number of rows", () => {
    const rows = (page: string) => readPage(page).match(/^(> )?\|/gm)?.length;
    expect(rows(chinese)).toBe(rows(english));
  });

  it("link to each other", () => {
    const targets = (page: string) => linksOf(page).map((link) => join(dirname(page), link));
    expect(targets(english)).toContain(chinese);
    expect(targets(chinese)).toContain(english);
  });
});

/** Depths of the headings, one after the other. */
function outlineOf(page: string): string[] {
  const prose = readPage(page).replaceAll(/^( *)```.*\n[\s\S]*?^\1```$/gm, "");
  return [...prose.matchAll(/^(#+) /gm)].map((match) => match[1] ?? "");
}
