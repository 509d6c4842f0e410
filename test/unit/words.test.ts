import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Build } from "../../src/domain/build.ts";
import { FAILURE_CLASSES } from "../../src/domain/digest/types.ts";
import { refusal } from "../../src/domain/guard.ts";
import { toStatus } from "../../src/domain/report.ts";
import { toSummary } from "../../src/domain/summary.ts";
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

  const reasons = Object.keys(EN).filter((key) => key.startsWith("why_")) as (keyof typeof EN)[];
  it.each(reasons)("%s is told from the others", (key) => {
    const filled = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, name) => `a-${name}`);
    expect(inLanguage(zh, filled(EN[key]))).toBe(filled(zh[key]));
  });

  const allowed = { tag: "f42-build", globs: "dist with_*", names: "%a, %b" };
  it.each([
    [
      refusal({
        why: say(EN, "why_branch_unprotected", { branch: "`main`" }),
        help: EN.why_protect_branch,
        mayBeLate: false,
      }),
      "不进行正式构建：分支 `main` 未受保护；请在代码托管平台上保护该分支",
    ],
    [
      refusal({
        why: say(EN, "why_tag_unprotected", {
          tag: "`v1`",
          reason: say(EN, "why_not_on_from", { branches: "`main`, `f42`" }),
        }),
        help: null,
        mayBeLate: true,
      }),
      "不进行正式构建：标签 `v1` 未受保护，并且提交不在允许且受保护的分支（`main`, `f42`）上",
    ],
    [
      say(EN, "why_no_carrier", {
        reason: say(EN, "why_others_allowed", allowed),
        other: say(EN, "why_not_reserved", { target: "f42" }),
      }),
      `无法把宏带进构建；通过 side tag：${say(zh, "why_others_allowed", allowed)}；通过构建标签：${say(zh, "why_not_reserved", { target: "f42" })}`,
    ],
    [
      say(EN, "why_built", { nvr: "a-1-1", owner: "bob", source: EN.why_import }),
      "a-1-1 已由 bob 构建（来源：导入的软件包）；请提高版本号或发布号",
    ],
    [
      say(EN, "why_macro_changed", { name: "dist", tag: "t", ours: ".a b", found: EN.why_unset, before: "1" }),
      "其他人把 t 的 %dist 从“.a b”改成了“未设置”；请改回原来的值，或改为“1”，然后重新请求构建",
    ],
    ["nothing to build: [skip koji] in the merge request", "没有需要构建的内容：合并请求中写有 [skip koji]"],
    ["no real build: the forge says something new", "不进行正式构建：the forge says something new"],
  ])("with reasons in it: %s", (reason, told) => expect(inLanguage(zh, reason)).toBe(told));

  it("is looked for in no time, whatever it is", () => {
    const hostile = `no real build: ${"; ".repeat(490)}`;
    const began = performance.now();
    inLanguage(zh, hostile);
    for (const key of reasons) inLanguage(zh, EN[key].replaceAll(/\{\w+\}/g, " of , not ; by ".repeat(20)));
    expect(performance.now() - began).toBeLessThan(2_000);
  });

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

it("a summary says in Chinese why nothing is built", () => {
  const text = say(EN, "why_nothing", { reason: EN.why_draft });
  const whole = { parts: [], notices: [{ state: "success" as const, text }] };
  expect(toSummary("koji", whole, () => null, WORDS["zh-CN"]).description).toBe(
    "没有需要构建的内容：草稿：可以审阅时才构建",
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
      [...text.matchAll(/\b(?:(?:parked|refused|unsettled|unseen)\(\w+, |refuse\()["`]([^"`]*)["`]/g)].map(
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
