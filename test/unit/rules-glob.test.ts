import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePattern, compilePatterns } from "../../src/domain/pattern.ts";

describe("globs", () => {
  test.each<[pattern: string, matches: string[], not: string[]]>([
    ["main", ["main"], ["Main", "main2", "amain", ""]],
    ["*", ["main", "f42", ""], ["feature/x", "/"]],
    ["**", ["main", "feature/x", "a/b/c", ""], []],
    ["***", ["a/b"], []],
    ["f*", ["f", "f42"], ["f/42", "ef"]],
    ["*/x", ["a/x", "/x"], ["x", "a/b/x"]],
    ["**/x", ["a/x", "a/b/x"], ["x", "ax"]],
    ["dist/**", ["dist/a", "dist/a/b", "dist/"], ["dist", "distx"]],
    ["a*b*c", ["abc", "aXbYc", "abbcc"], ["ab", "a/bc", "abcd"]],
    ["a**c", ["ac", "a/b/c"], ["a/b"]],
    ["f?", ["f4", "f?"], ["f", "f42", "f/"]],
    ["?", ["é", "😀"], ["", "ab"]],
    ["{f42,c9s}", ["f42", "c9s"], ["f42c9s", "", "{f42,c9s}"]],
    ["f{41,42}*", ["f41", "f42-x"], ["f43", "f"]],
    ["{a,{b,c}d}e", ["ae", "bde", "cde"], ["be", "ade"]],
    ["{,pre-}x", ["x", "pre-x"], ["pre-"]],
    ["{a*,**/b}", ["a1", "x/y/b"], ["a/1"]],
    ["a,b", ["a,b"], ["a", "b"]],
    ["v1.0+git", ["v1.0+git"], ["v1x0+git", "v1.00git"]],
    ["[a-z]^$|()\\", ["[a-z]^$|()\\"], ["a"]],
    ["中文*", ["中文分支"], ["中"]],
  ])("%s", (pattern, matches, not) => {
    const match = (text: string) => compilePattern(pattern).match(text) !== null;
    for (const text of matches) expect(match(text), text).toBe(true);
    for (const text of not) expect(match(text), text).toBe(false);
  });

  test.each([
    ["", "the pattern is empty"],
    ["{a,b", "`{` is not closed"],
    ["{a,{b,c}", "`{` is not closed"],
    ["a}", "`}` closes nothing"],
    ["{a,b}}", "`}` closes nothing"],
    ["{branch}", "placeholders have no value here"],
    ["{}", "needs a comma"],
    ["a".repeat(501), "longer than 500"],
  ])("refuses %s", (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });

  test.each([
    ["*a".repeat(240), "a".repeat(4000)],
    ["**a".repeat(160), "a".repeat(4000)],
    ["{a,aa}".repeat(80), "a".repeat(4000)],
    [`${"{a,".repeat(120)}b${"}".repeat(120)}*`, "a".repeat(4000)],
    ["*".repeat(500), "x".repeat(4000)],
  ])("hostile %.20s… takes no time", (pattern, text) => {
    const started = performance.now();
    compilePattern(pattern).match(`${text}!`);
    // Backtracking would take longer than the age of the universe.
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("a name longer than any ref matches nothing", () => {
    expect(compilePattern("**").match("a".repeat(5000))).toBeNull();
    expect(compilePatterns(["!x"]).matches("a".repeat(5000))).toBe(false);
  });

  test("agrees with a regular expression", () => {
    const alphabet = fc.constantFrom("a", "b", "/", "*", "**", "?");
    const text = fc.array(fc.constantFrom("a", "b", "/")).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(alphabet, { minLength: 1, maxLength: 6 }), text, (parts, input) => {
        const pattern = parts.join("");
        fc.pre(!pattern.startsWith("/"));
        const source = pattern.replaceAll(/\*{2,}|\*|\?/g, (run) =>
          run === "?" ? "[^/]" : run === "*" ? "[^/]*" : ".*",
        );
        expect(compilePattern(pattern).match(input) !== null).toBe(new RegExp(`^${source}$`).test(input));
      }),
    );
  });
});

describe("compilePatterns", () => {
  test.each<[patterns: string[], text: string, matches: boolean]>([
    [["f*", "main"], "main", true],
    [["f*", "main"], "f42", true],
    [["f*", "main"], "c9s", false],
    [["f*", "!f39"], "f39", false],
    [["!f39", "f*"], "f39", false],
    [["!f39", "f*"], "f40", true],
    [["!f39"], "anything", true],
    [["!f39"], "a/b", true],
    [["!f39"], "f39", false],
    [["!f*", "f42"], "f42", false],
    [["github:rpms/*", "!github:rpms/secret"], "github:rpms/bash", true],
    [["github:rpms/*", "!github:rpms/secret"], "github:rpms/secret", false],
    [["github:**"], "github:a/b/c", true],
    [["github:**"], "work:a/b", false],
    [[], "x", true],
  ])("%j on %s: %s", (patterns, text, matches) => {
    expect(compilePatterns(patterns).matches(text)).toBe(matches);
  });

  test("the order means nothing", () => {
    const pattern = fc.constantFrom("a*", "!ab", "b", "!**c", "**");
    fc.assert(
      fc.property(fc.array(pattern), fc.constantFrom("a", "ab", "b", "abc", "x/c"), (patterns, text) => {
        expect(compilePatterns(patterns.toReversed()).matches(text)).toBe(compilePatterns(patterns).matches(text));
      }),
    );
  });
});
