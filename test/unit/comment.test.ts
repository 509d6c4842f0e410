import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, it } from "vitest";
import type { Build } from "../../src/domain/build.ts";
import { toPage } from "../../src/domain/check-page.ts";
import { toComment } from "../../src/domain/comment.ts";
import { DEFAULT_COMMENT, defaultComment, parseComment } from "../../src/domain/comment-template.ts";
import { EN, type Language, WORDS } from "../../src/domain/words/words.ts";
import { aBuild } from "../contract/store.contract.ts";
import { aDigest } from "../support/digests.ts";
import { aFailedBuild, anArch } from "../support/failed-builds.ts";

const LINKS = { webUrl: "https://koji.example.org/koji", topUrl: "https://pkgs.example.org", command: "koji" };
const links = () => LINKS;

function tell(builds: readonly Build[], language: Language = "en"): string {
  return toComment(builds, true, defaultComment(), { words: WORDS[language], links }) ?? "";
}

const request = aBuild().request;
const done = { id: 7, state: "CLOSED" as const, startedAt: 0, finishedAt: 400_000 };
const built = aBuild({
  phase: "succeeded",
  task: { ...done, children: [anArch(10, "x86_64", "CLOSED", 190), anArch(9, "aarch64", "CLOSED", 380)] },
});

describe("the comment", () => {
  it("of a package that does not build: why, once for all arches, with the log, folded away", () => {
    expect(
      tell([built, aFailedBuild("compiler/parallel-make", ["aarch64", "x86_64"], { id: "b2" })]),
    ).toMatchSnapshot();
  });

  it("in Chinese, with macros, a retry, a superseded commit and a real build", () => {
    const macros = [{ name: "dist", value: ".an8", layer: "rule" as const }];
    const old = aBuild({ id: "b0", sha: "b".repeat(40), phase: "superseded", reason: "superseded by aaaaaaaaaaaa" });
    const real = { ...built, request: { ...request, scratch: false, macros }, made: MADE, carrier: CARRIER };
    const retried = { ...built, id: "b4", retries: [{ task: 5, cause: "Curl error (28)" }] };
    expect(tell([old, real, retried], "zh-CN")).toMatchSnapshot();
  });

  it("asks for leave, with the command to write", () => {
    const text = tell([aBuild({ hold: { reason: "approval" } })]);
    expect(text).toContain("```\n/koji approve aaaaaaaaaaaa\n```");
  });

  it("does not blame the package for the infrastructure", () => {
    const text = tell([aFailedBuild("network/dns", ["x86_64"])]);
    expect(text).toContain("⚠️ infrastructure failure, not the package");
    expect(text).toContain(EN.infra_note);
    expect(text).not.toContain("❌");
  });

  it("links the whole log, where the hub serves it or where its pages do", () => {
    const failed = aFailedBuild("compiler/werror", ["x86_64"]);
    expect(tell([failed])).toContain("https://pkgs.example.org/work/tasks/20/20/build.log");
    const pages = { words: EN, links: () => ({ ...LINKS, topUrl: null }) };
    expect(toComment([failed], true, defaultComment(), pages)).toContain(
      "https://koji.example.org/koji/getfile?taskID=20&volume=DEFAULT&name=build.log",
    );
  });

  it("tells targets and packages apart, and what fails alike only once", () => {
    const targets = ["f42", "c9s"].map((target) =>
      aFailedBuild("compiler/werror", ["x86_64"], { id: target, request: { ...request, target, package: "hello" } }),
    );
    const text = tell(targets);
    expect(text).toContain("**f42 x86\\_64, c9s x86\\_64** in \\%\u200bbuild");
    expect(text.match(/<details>/g)).toHaveLength(1);
    expect(text).toContain("| package | target |");
  });
});

const MADE = { buildId: 3, nvr: "hello-2.10-1.an8", adopted: false, tagging: null };
const CARRIER = { strategy: "side_tag" as const, target: "f42-side-7", tag: "f42-side-7" };

describe("the comment is never too long", () => {
  it.each([1, 30, 300])("%i builds that each fail with long lines", (count) => {
    const lines = Array.from({ length: 15 }, () => "`<@x#1".repeat(50));
    const builds = Array.from({ length: count }, (_, i) => {
      const failures = ["x86_64", "aarch64", "ppc64le", "s390x"].map((arch, n) => ({
        ...{ task: n, arch },
        digest: aDigest({ cause: `${"*".repeat(290)}${i} ${n}`, lines }),
      }));
      return aFailedBuild("compiler/werror", ["x86_64"], { id: `b${i}`, failures, reason: "*".repeat(5000) });
    });
    const text = tell(builds);
    expect(text.length).toBeLessThan(65_536);
    expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
    expect((text.match(/^`{3,}$/gm)?.length ?? 0) % 2).toBe(0);
    expect(text).toContain("| f42 ");
    if (count > 200) expect(text).toMatch(/\d+ more are not shown/);
  });
});

/** What people could be harmed by. */
const HOSTILE = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom(
    "</details><img src=x onerror=alert(1)>",
    "```\n# owned\n```",
    "`````",
    "` | x | @team #12 !3",
    "[click](https://evil.example/) https://evil.example www.evil.example evil@example.org",
    "![x](https://evil.example/x.png)",
    "<!-- kojibridge -->",
    "-->",
    "<script>alert(1)</script>",
    "\u202e\u2066gnp.exe",
    "&lt;b&gt; &#60;",
    "\\| \\",
    "| a | b |\n|---|---|",
    "{{word.title}} {{/builds}}",
    "~~~\n$$ % ~label ^x GH-7",
    "a\\",
  ),
);

describe("whatever the text", () => {
  const allowed =
    /<(?!\/?(?:table|thead|tbody|tr|th|td|h3|h4|p|br|a|strong|em|code|pre|details|summary|ul|li)\b|!-- kojibridge -->)/i;

  function hostileBuild(text: readonly string[]): Build {
    const at = (i: number) => text[i % text.length] ?? "";
    const failure = aDigest({ cause: at(0) || "x", section: at(1), log: "build.log", lines: [at(2), at(3), at(4)] });
    const child = anArch(20, at(5) || "x", "FAILED", 3);
    return aBuild({
      phase: "failed",
      reason: at(0),
      request: {
        ...request,
        target: at(6),
        package: at(7),
        macros: [{ name: at(8), value: at(9), layer: "command" }],
      },
      carrier: { strategy: "tag", target: at(10), tag: at(10) },
      made: { buildId: 1, nvr: at(11), adopted: true, tagging: null },
      retries: [{ task: 3, cause: at(12) }],
      failures: [{ task: 20, arch: at(5), digest: failure }],
      task: { id: 7, state: "FAILED", startedAt: 0, finishedAt: 1, children: [child] },
    });
  }

  const texts = fc.array(HOSTILE, { minLength: 13, maxLength: 13 });

  function expectHarmless(markdown: string): void {
    const html = marked.parse(markdown, { gfm: true, async: false });
    const shown = html.replaceAll(/<pre><code>[\s\S]*?<\/code><\/pre>/g, "");
    const strange = allowed.exec(html);
    expect(strange && html.slice(strange.index, strange.index + 40)).toBeNull();
    for (const [, href] of html.matchAll(/href="([^"]*)"/g))
      expect(href).toMatch(/^https:\/\/(?:koji|pkgs)\.example\.org\//);
    expect(shown.replaceAll(/<code>.*?<\/code>/g, "").replaceAll(/<[^>]*>/g, "")).not.toMatch(/@\w|(?<!&)#\d|GH-\d/i);
    expect(html.match(/<details>/g)?.length).toBe(html.match(/<\/details>/g)?.length);
  }

  it("nothing in a comment can get out of its place: no HTML, no link, no image, no mention", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const comment = tell([aBuild({ id: "b0", sha: "b".repeat(40) }), hostileBuild(text)]);
        expectHarmless(comment);
        const table = marked.lexer(comment).find(({ type }) => type === "table");
        expect(table).toMatchObject({ rows: [expect.objectContaining({ length: 5 })] });
        expect(comment.match(/<!-- kojibridge -->/g)).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it("nor in the page of a check run", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { title, summary, text: more } = toPage(hostileBuild(text), [], { words: EN, links });
        expectHarmless(summary);
        expectHarmless(more ?? "");
        expect(title).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the page of a check run", () => {
  it("shows the failure, and annotates the files of the repository", () => {
    const failed = aFailedBuild("compiler/parallel-make", ["aarch64", "x86_64"]);
    const page = toPage(failed, ["src/greet.c", "hello.spec"], { words: EN, links });
    const message = "implicit declaration of function 'gret' [-Wimplicit-function-declaration]";
    expect(page.annotations).toEqual([{ path: "src/greet.c", line: 27, column: 5, message }]);
    expect(page.title).toMatch(/^aarch64 failed 2m, x86_64 failed 2m: greet\.c:27:5: error/);
    expect(page.summary).toContain("| [aarch64](https://koji.example.org/koji/taskinfo?taskID=20) | failed 2m |");
    expect(page.text).toMatch(/^#### aarch64, x86\\_64 in/);
    expect(page.text).toContain("```\n");
  });

  it("of a build that went well has nothing more to say", () => {
    expect(toPage(built, [], { words: EN, links })).toMatchObject({ text: null, annotations: [] });
  });

  it("annotates the spec where the files of the repository are not known", () => {
    const spec = aFailedBuild("spec/unclosed-if", ["srpm"]);
    const paths = (build: Build) => toPage(build, null, { words: EN, links }).annotations.map((one) => one.path);
    expect(paths(spec)).toEqual([expect.stringMatching(/^[\w-]+\.spec$/)]);
    expect(paths(aFailedBuild("compiler/parallel-make", ["x86_64"]))).toEqual([]);
    expect(paths({ ...spec, request: { ...request, source: "git+https://h/r.git?packages/hello#abc" } })).toEqual([]);
  });
});

describe("the template", () => {
  const file = join(import.meta.dirname, "../../templates/comments/merge-request.md");
  it("that operators copy is the one that is used", () => expect(readFileSync(file, "utf8")).toBe(DEFAULT_COMMENT));

  it.each([
    ["a\n{{titel}}", 2, "there is no {{titel}} here"],
    ["{{#builds}}\n{{titel}}\n{{/builds}}", 2, "there is no {{titel}} here"],
    ["{{target}}", 1, "there is no {{target}} here"],
    ["{{#builds}}\nx", 1, "{{#builds}} is never closed"],
    ["x\n{{/builds}}", 2, "{{/builds}}: no section is open"],
    ["{{#builds}}\n{{/failures}}\n{{/builds}}", 2, "{{/failures}}: {{/builds}} is expected"],
    ["{{builds}}", 1, "{{builds}} is a list: write {{#builds}}…{{/builds}}"],
    ["{{title", 1, "a {{ or }} without its other half"],
    ["{{word.nothing}}", 1, "there is no {{word.nothing}} here"],
    ["{{__proto__}} {{constructor}}", 1, "there is no {{__proto__}} here"],
  ])("%j: line %i, %s", (text, line, message) => {
    const parsed = parseComment(text);
    expect(parsed.ok ? [] : parsed.problems[0]).toEqual({ line, message });
  });

  it.each([
    ["{{title}}!", "Koji builds of aaaaaaaaaaaa!"],
    ["a\n  {{#builds}}\n- {{target}}\n{{/builds}}\nb", "a\n- f42\nb"],
    ["{{^failures}}fine{{/failures}}", "fine"],
    ["{{! remark }}\nx", "x"],
    ["{{#has_packages}}p{{/has_packages}}{{^has_packages}}none{{/has_packages}}", "none"],
    ["{{#approval}}a{{/approval}}{{word.task}}", "task"],
    ["{{#builds}}{{title}} {{icon}}{{/builds}}", "Koji builds of aaaaaaaaaaaa ✅"],
  ])("%j", (text, shown) => {
    const parsed = parseComment(text);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(toComment([built], true, parsed.template, { words: EN, links })).toBe(`<!-- kojibridge -->\n${shown}`);
  });
});
