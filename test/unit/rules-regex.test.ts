import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePattern, compilePatterns, compileRepoPattern } from "../../src/domain/pattern.ts";

describe("regular expressions", () => {
  test.each<[pattern: string, matches: string[], not: string[]]>([
    ["/f4/", ["f4", "xf42y"], ["f", "F4"]],
    ["/^f4/", ["f42"], ["xf4"]],
    ["/f4$/", ["xf4"], ["f42", "f4\n"]],
    ["/^$/", [""], ["a"]],
    ["/^f\\d+$/", ["f1", "f42"], ["f", "f4a", "f٣"]],
    ["/^[a-c]{2,3}$/", ["ab", "abc"], ["a", "abca", "ad"]],
    ["/^[^/]+$/", ["main"], ["a/b", ""]],
    ["/^a{2}$/", ["aa"], ["a", "aaa"]],
    ["/^a{2,}$/", ["aa", "aaaaa"], ["a"]],
    ["/^a{0}b$/", ["b"], ["ab"]],
    ["/^a?b*?c+?$/", ["c", "abbcc"], ["ab"]],
    ["/^(?:a|b|)c$/", ["ac", "bc", "c"], ["abc"]],
    ["/^(a|bc)+$/", ["a", "bca"], ["b", ""]],
    ["/^v1\\.0$/", ["v1.0"], ["v1x0"]],
    ["/^.$/", ["a", "😀", "中"], ["\n", "ab"]],
    ["/\\bkoji\\b/", ["a koji b", "koji", "[koji]"], ["kojis", "akoji"]],
    ["/\\Boji/", ["koji"], ["oji"]],
    ["/^\\p{Lu}/", ["Éa"], ["éa"]],
    ["/^\\u{1F600}\\x41\\u0042$/", ["😀AB"], ["😀"]],
    ["/^[\\]/]$/", ["]", "/"], ["\\"]],
    ["/^a\\/b$/", ["a/b"], ["ab"]],
    ["/a/b/", ["xa/by"], ["ab"]],
    ["/^(?:c(?:9|10)s|f\\d{2})$/", ["c9s", "c10s", "f42"], ["c8s", "f4"]],
    ["/x|/", ["", "anything"], []],
  ])("%s", (pattern, matches, not) => {
    const { match } = compilePattern(pattern);
    for (const text of matches) expect(match(text), text).not.toBeNull();
    for (const text of not) expect(match(text), text).toBeNull();
  });

  test.each<[pattern: string, text: string, values: object | null]>([
    ["/^(?<dist>f\\d+)$/", "f42", { dist: "f42" }],
    ["/(?<a>\\d+)/", "x12y345", { a: "12" }],
    ["/^(?<a>.+)-(?<b>.+)$/", "x-y-z", { a: "x-y", b: "z" }],
    ["/^(?<a>.+?)-(?<b>.+)$/", "x-y-z", { a: "x", b: "y-z" }],
    ["/^(?<name>.+)-(?<version>[^-]+)-(?<release>[^-]+)$/", "a-b-1.0-2", { name: "a-b", version: "1.0", release: "2" }],
    ["/^(?<a>(?<b>x)y)$/", "xy", { a: "xy", b: "x" }],
    ["/^(?<a>x)|(?<b>y)$/", "y", { b: "y" }],
    ["/^x(?<a>y)?$/", "x", {}],
    ["/^x(?<a>y*)$/", "x", { a: "" }],
    ["/(?<a>😀.)/", "a😀b", { a: "😀b" }],
    ["/(?:ab|a)(?<rest>.*)/", "abc", { rest: "c" }],
    ["/^(?<a>a)$/", "b", null],
  ])("groups of %s in %s", (pattern, text, values) => {
    expect(compilePattern(pattern).match(text)).toEqual(values);
  });

  test.each<[pattern: string, names: string[], certain: string[]]>([
    ["f*", [], []],
    ["/^(f)(?:o)$/", [], []],
    ["/^(?<a>x)(?<b>y)?$/", ["a", "b"], ["a"]],
    ["/(?<a>x)|(?<b>y)/", ["a", "b"], []],
    ["/(?<a>x(?:-(?<b>y)){1})/", ["a", "b"], ["a", "b"]],
    ["/(?:(?<a>x)){0,1}/", ["a"], []],
  ])("names in %s", (pattern, names, certain) => {
    expect(compilePattern(pattern)).toMatchObject({ names, certain });
  });

  test.each([
    ["/", "ends with `/`"],
    ["//", "ends with `/`"],
    ["/docs", "what starts with `/` is a regular expression and ends with `/`"],
    ["/docs/**", "what starts with `/` is a regular expression and ends with `/`"],
    ["/main/i", "no flags after a regular expression; drop the `i`"],
    ["/(/", "this is no regular expression: unterminated group"],
    ["/a**/", "this is no regular expression: nothing to repeat"],
    ["/[b-a]/", "range out of order"],
    ["/{/", "this is no regular expression"],
    ["/\\-/", "this is no regular expression: invalid escape"],
    ["/(?=a)/", "no look-around"],
    ["/(?!a)/", "no look-around"],
    ["/(?<=a)b/", "no look-around"],
    ["/(?<!a)b/", "no look-around"],
    ["/(a)\\1/", "no back-references"],
    ["/(?<a>a)\\k<a>/", "no back-references"],
    ["/(?<Dist>f)/", "name the group `Dist` in lower case"],
    ["/(?<__proto__>f)/", "name the group `__proto__` in lower case"],
    ["/(?<a>x)(?<a>y)/", "duplicate capture group name"],
    ["/(?<a>x)|(?<a>y)/", "the group `a` is there twice"],
    ["/(?:(?<a>x))+/", "a named group that repeats has no single value"],
    ["/(?<a>x)*/", "a named group that repeats has no single value"],
    ["/(?:a*)*/", "what is optional or repeats here may be empty"],
    ["/(?<a>b*)?/", "what is optional or repeats here may be empty"],
    ["/(a|)+/", "what is optional or repeats here may be empty"],
    ["/(?:\\b){9}/", "what is optional or repeats here may be empty"],
    ["/(?:a{50}){50}/", "too large"],
    ["/a{999999999}/", "too large"],
    ["/(?:a?){999999999}/", "what is optional or repeats here may be empty"],
    [`/${"a".repeat(499)}/`, "longer than 500"],
  ])("refuses %s", (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });

  test.each([
    ["/(a+)+$/", "a".repeat(4000)],
    ["/(a|a)+$/", "a".repeat(4000)],
    ["/(.+)+=(.+)+;/", "=".repeat(4000)],
    ["/.*.*.*.*.*.*.*.*x$/", "a".repeat(4000)],
    [`/^${"a?".repeat(60)}${"a".repeat(60)}$/`, "a".repeat(59)],
    [`/^${"(a|a)".repeat(90)}$/`, "a".repeat(90)],
    ["/(?:a{1,40}){1,20}$/", "a".repeat(4000)],
    ["/(?<a>.*),(?<b>.*),(?<c>.*)x/", ",".repeat(4000)],
  ])("hostile %.20s… takes no time", (pattern, text) => {
    const started = performance.now();
    expect(compilePattern(pattern).match(`${text}!`)).toBeNull();
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("agrees with RegExp, in what matches and in what groups hold", () => {
    const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\w", "\\d", "^", "$", "\\b", "-");
    const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{1,}?");
    const tree = fc.letrec<{ one: string; all: string; either: string; group: string }>((tie) => ({
      one: fc.oneof({ depthSize: "small" }, atom, tie("group")),
      all: fc
        .array(fc.tuple(tie("one"), quantifier), { maxLength: 4 })
        .map((parts) => parts.map(([part, times]) => (/^(?:[\^$]|\\b)$/.test(part) ? part : part + times)).join("")),
      either: fc.array(tie("all"), { minLength: 1, maxLength: 3 }).map((options) => options.join("|")),
      group: fc.tuple(fc.constantFrom("(?:", "(", "(?<NAME>"), tie("either")).map(([open, all]) => `${open}${all})`),
    }));
    const text = fc.string({ unit: fc.constantFrom("a", "b", "1", "-", "\n"), maxLength: 12 });
    let compared = 0;
    fc.assert(
      fc.property(tree.either, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
        let groups = 0;
        const named = source.replaceAll("NAME", () => `g${groups++}`);
        fc.pre(named !== "");
        let pattern: ReturnType<typeof compilePattern>;
        try {
          pattern = compilePattern(`/${named}/`);
        } catch (error) {
          expect(String(error)).toMatch(/may be empty|that repeats|too large|longer than/);
          return;
        }
        for (const text of texts) {
          const expected = new RegExp(named, "u").exec(text);
          const held = Object.entries(expected?.groups ?? {}).filter(([, value]) => value !== undefined);
          expect(pattern.match(text)).toEqual(expected && Object.fromEntries(held));
          compared += 1;
        }
      }),
      { numRuns: 3000 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});

describe("repos", () => {
  test.each<[pattern: string, text: string, values: object | null]>([
    ["github:rpms/*", "github:rpms/bash", {}],
    ["github:/^rpms\\/(?<name>[^/]+)$/", "github:rpms/bash", { name: "bash" }],
    ["github:/^rpms\\/(?<name>[^/]+)$/", "work:rpms/bash", null],
    ["github:/^rpms\\/(?<name>[^/]+)$/", "github:src/bash", null],
    ["work:/b/", "work:a/b/c", {}],
  ])("%s on %s", (pattern, text, values) => {
    expect(compileRepoPattern(pattern).match(text)).toEqual(values);
  });

  test("a regular expression that cannot be read", () => {
    expect(() => compileRepoPattern("github:/(/")).toThrow("unterminated group");
  });
});

describe("lists of patterns", () => {
  test.each<[patterns: string[], texts: string[], values: object | null]>([
    [["/^(?<v>f\\d+)$/", "/^(?<v>.+)-next$/"], ["f42"], { v: "f42" }],
    [["/^(?<v>f\\d+)$/", "/^(?<v>.+)-next$/"], ["c9s-next"], { v: "c9s" }],
    [["/^(?<v>.)/", "/(?<v>.)$/"], ["ab"], { v: "a" }],
    [["f*", "!/^f3/"], ["f39"], null],
    [["f*", "!/^f3/"], ["f42"], {}],
    [["!/^f3/"], ["f42"], {}],
    [["build"], [], null],
    [["!wip"], [], {}],
    [["build", "!wip"], ["build", "docs"], {}],
    [["build", "!wip"], ["build", "wip"], null],
    [["build", "!wip"], ["docs"], null],
    [["!wip"], ["docs", "wip"], null],
    [["/^target:(?<t>.+)$/"], ["x", "target:f42", "target:f43"], { t: "f42" }],
    [["a"], ["a", "x".repeat(5000)], null],
  ])("%j on %j", (patterns, texts, values) => {
    expect(compilePatterns(patterns).match(texts)).toEqual(values);
  });
});
