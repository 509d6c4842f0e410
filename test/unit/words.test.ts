import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Build } from "../../src/domain/build.ts";
import { FAILURE_CLASSES } from "../../src/domain/digest/types.ts";
import { toStatus } from "../../src/domain/report.ts";
import { EN, inLanguage, LANGUAGES, say, WORDS } from "../../src/domain/words/words.ts";
import { aBuild } from "../contract/store.contract.ts";

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe.each(LANGUAGES)("the catalogue of %s", (language) => {
  const words = WORDS[language];

  it("is complete, and nothing else", () => expect(Object.keys(words).sort()).toEqual(Object.keys(EN).sort()));

  it.each(Object.entries(EN))("%s has the placeholders of the English text", (key, english) => {
    const text = words[key as keyof typeof EN];
    expect(placeholders(text)).toEqual(placeholders(english));
    expect(text.trim()).not.toBe("");
    expect(text).not.toMatch(/\n/);
  });

  it("translates: no word is the English one", () => {
    const same = Object.entries(EN).filter(([key, text]) => words[key as keyof typeof EN] === text);
    expect(language === "en" ? [] : same).toEqual([]);
  });
});

describe("a reason from a record", () => {
  const zh = WORDS["zh-CN"];
  it.each([
    ["hub unavailable", zh.why_hub_unavailable],
    [say(EN, "why_superseded", { sha: "abc123" }), say(zh, "why_superseded", { sha: "abc123" })],
    [say(EN, "why_retry", { number: 1, limit: 2 }), say(zh, "why_retry", { number: 1, limit: 2 })],
    [say(EN, "why_vanished", { task: 7 }), say(zh, "why_vanished", { task: 7 })],
    ["hello.c:1:1: error: no", "hello.c:1:1: error: no"],
    ["superseded by a b", "superseded by a b"],
    ["superseded by {sha} $1", "superseded by {sha} $1"],
  ])("%s", (reason, told) => expect(inLanguage(zh, reason)).toBe(told));

  it("stays as it is in English", () => expect(inLanguage(EN, "hub unavailable")).toBe("hub unavailable"));
});

describe("statuses in Chinese", () => {
  const parked = { reason: EN.why_hub_unavailable, since: 0 };
  it.each<[Partial<Build>, string]>([
    [{}, "已接受"],
    [{ parked }, "等待中：Koji hub 不可用"],
    [{ phase: "running" }, "等待构建机"],
    [{ phase: "canceled", reason: EN.why_canceled }, "已在 Koji hub 上取消"],
    [{ phase: "superseded", reason: null }, "已被取代"],
    [{ hold: { reason: "approval" } }, "等待批准：需要有写权限的人评论 `/koji approve`"],
  ])("%j", (change, description) =>
    expect(toStatus(aBuild(change), "c", null, WORDS["zh-CN"]).description).toBe(description),
  );
});

describe("every sentence that is kept in a record", () => {
  const app = join(import.meta.dirname, "../../src");
  const files = ["app", "domain"].flatMap((room) =>
    readdirSync(join(app, room)).map((file) => ({ file, text: read(join(app, room, file)) })),
  );

  function read(path: string): string {
    return path.endsWith(".ts") ? readFileSync(path, "utf8") : "";
  }

  it("comes from the catalogue", () => {
    const literals = files.flatMap(({ file, text }) =>
      [...text.matchAll(/\b(?:parked|refused|unsettled|unseen)\(\w+, ["`]([^"`]*)["`]/g)].map(
        (m) => `${file}: ${m[1]}`,
      ),
    );
    expect(literals).toEqual([]);
  });
});

it("hints are for classes of failures", () => {
  const hints = Object.keys(EN).filter((key) => key.startsWith("hint_"));
  for (const hint of hints) expect(FAILURE_CLASSES).toContain(hint.slice("hint_".length));
});
