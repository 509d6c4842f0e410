import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  conditionsProblem,
  definitionsOf,
  type Macros,
  macroProblem,
  mergeMacros,
  toConditions,
} from "../../src/domain/macros.ts";

const directory = mkdtempSync(join(tmpdir(), "kojibridge-macros-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** What rpmspec says about a spec with these lines at its top: the release, and what was echoed. */
function query(lines: string, release = "1", end = "") {
  const file = join(directory, "t.spec");
  writeFileSync(
    file,
    `${lines}\nName: t\nVersion: 1\nRelease: ${release}\nSummary: s\nLicense: x\n%description\n${end}\n`,
  );
  const env = { ...process.env, LC_ALL: "C.UTF-8" };
  return spawnSync("rpmspec", ["-q", "--qf", "%{RELEASE}", file], { encoding: "utf8", env });
}

/** The value once expanded, or null if rpm refuses the spec. */
function expandedByRpm(name: string, value: string): string | null {
  const run = query(`%global ${name} ${value}`, "1", `%{echo:<%{${name}}>}`);
  return run.status === 0 && run.stdout.endsWith("\n1") ? (/<(.*)>/s.exec(run.stdout)?.[1] ?? null) : null;
}

const hasRpm = process.env.KOJIBRIDGE_TEST_REQUIRE_ALL === "1" || spawnSync("rpmspec", ["--version"]).status === 0;

const VALUES: [value: string, untrusted: boolean, trusted: boolean, rpm: string | null][] = [
  [".an8", true, true, ".an8"],
  ["%{nil}", true, true, ""],
  ["1", true, true, "1"],
  ["--with-tests", true, true, "--with-tests"],
  ["a b", true, true, "a b"],
  ["é ü 中 😀", true, true, "é ü 中 😀"],
  ["a # b", true, true, "a # b"],
  ["a\"b'", true, true, "a\"b'"],
  ["(x)", true, true, "(x)"],
  ["a{b", true, true, "a{b"],
  ["a}b", true, true, "a}b"],
  ["$(id) `id` ; id", true, true, "$(id) `id` ; id"],
  [".x%{?absent}", true, true, ".x"],
  [".x%{!?absent}", true, true, ".x"],
  // what only trusted layers may say
  ["100%", false, true, "100%"],
  ["%(echo hi)", false, true, "hi"],
  ["%%(echo hi)", false, true, "hi"],
  ["%{!?absent:%}(echo hi)", false, true, "hi"],
  ["%{lua:print(1+1)}", false, true, "2"],
  ["%[1+1]", false, true, "2"],
  ["%{?absent:x}", false, true, ""],
  ["%{getncpus}", false, true, "a number"],
  ["%{shrink: a  b }", false, true, "a b"],
  // what rpm refuses, or reads otherwise than it is written
  ["", false, false, null],
  [" a", false, false, "a"],
  ["a ", false, false, "a"],
  ["{a}", false, false, "a"],
  ["{a}b", false, false, null],
  ["{a", false, false, null],
  ["a\\", false, false, null],
  ["a\\b", false, false, "ab"],
  ["a\nb", false, false, null],
  ["a\rb", false, false, null],
  ["a\n%global other x", false, false, "a"],
  ["%{a", false, false, null],
  ["%{", false, false, null],
  ["%(", false, false, null],
  ["%(echo", false, false, null],
  ["%[", false, false, null],
  ["%[1", false, false, null],
  ["%{?x:{}", false, false, null],
  ["%{some_name}", false, false, null],
  ["%some_name", false, false, null],
  ["x%{?some_name}", false, false, "x"],
];

describe("values", () => {
  test.each(VALUES)("%j: untrusted %j, trusted %j", (value, untrusted, trusted) => {
    expect(macroProblem("some_name", value) === null).toBe(untrusted);
    expect(macroProblem("some_name", value, true) === null).toBe(trusted);
  });

  test.skipIf(!hasRpm).each(VALUES)("%j as rpm reads it", (value, _, trusted, expanded) => {
    const read = expandedByRpm("some_name", value);
    if (expanded === "a number") expect(read).toMatch(/^\d+$/);
    else expect(read).toBe(expanded);
    // Nothing we let through is refused by rpm or means something else.
    if (trusted) expect(read).not.toBeNull();
    if (trusted && !value.includes("%")) expect(read).toBe(value);
  });

  test("what is too long, and what is no text", () => {
    expect(macroProblem("some_name", "x".repeat(2001))).toContain("2000");
    expect(macroProblem("some_name", "a\ud800")).toContain("one line");
    expect(macroProblem("some_name", "a\0b")).toContain("one line");
    expect(macroProblem("some_name", "a\u2028b")).toContain("one line");
  });

  test("an untrusted value runs nothing, however often it is expanded", () => {
    const piece = fc.constantFrom(
      "%",
      "%%",
      "{",
      "}",
      "(",
      ")",
      "[",
      "]",
      "?",
      "!",
      ":",
      "a",
      "nil",
      "lua:",
      "expand:",
      "\\",
      "\n",
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const value = pieces.join("");
        if (macroProblem("some_name", value) !== null) return;
        expect(value.replaceAll(/%\{!?\??[a-z_A-Z]\w*\}/g, "")).not.toContain("%");
        expect(value).not.toMatch(/[\n\\]/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("names", () => {
  test.each<[name: string, good: boolean]>([
    ["dist", true],
    ["_with_tests", true],
    ["debug_package", true],
    ["__proto__", true],
    ["ABC1", true],
    ["ab", false],
    ["1abc", false],
    ["a-bc", false],
    ["a.bc", false],
    ["a bc", false],
    ["dist(x)", false],
    ["", false],
    ["dïst", false],
    ["dist\n", false],
    ["x".repeat(129), false],
    ["define", false],
    ["getenv", false],
    ["lua", false],
  ])("%j: %j", (name, good) => {
    expect(macroProblem(name, "x") === null).toBe(good);
    expect(macroProblem(name, null) === null).toBe(good);
    if (hasRpm && !good && !/^[a-z]{2}$|^x{129}$/.test(name)) expect(expandedByRpm(name, "x")).not.toBe("x");
    if (hasRpm && good) expect(expandedByRpm(name, "x")).toBe("x");
  });
});

test("layers: the highest wins, null takes away, and the order of merging does not matter", () => {
  const layers: Macros[] = [{ dist: ".el9", vendor: "a" }, { vendor: null, packager: "b" }, { dist: ".an8" }];
  expect(mergeMacros(layers)).toEqual({ dist: ".an8", packager: "b", vendor: null });
  expect(definitionsOf(mergeMacros(layers))).toEqual([
    ["dist", ".an8"],
    ["packager", "b"],
  ]);
  const macros = fc.dictionary(fc.string(), fc.option(fc.string()));
  fc.assert(
    fc.property(macros, macros, macros, (a, b, c) => {
      expect(mergeMacros([mergeMacros([a, b]), c])).toEqual(mergeMacros([a, mergeMacros([b, c])]));
    }),
  );
});

test("a macro called __proto__ is one like any other", () => {
  const merged = mergeMacros([JSON.parse('{"__proto__": "x"}')]);
  expect(definitionsOf(merged)).toEqual([["__proto__", "x"]]);
});

describe("build conditionals", () => {
  test("a higher layer's `without` undoes a lower one's `with`", () => {
    const merged = mergeMacros([toConditions(["tests", "docs"], []), toConditions([], ["tests"])]);
    expect(definitionsOf(merged)).toEqual([
      ["_with_docs", "--with-docs"],
      ["_without_tests", "--without-tests"],
    ]);
  });

  test.each<[on: string[], off: string[], problem: RegExp | null]>([
    [["tests"], ["docs"], null],
    [["x"], [], null],
    [["2to3"], [], null],
    [["a-b"], [], /letters, digits and _/],
    [[], ["a b"], /letters/],
    [[""], [], /letters/],
    [["tests"], ["tests"], /`tests` is both/],
  ])("%j without %j", (on, off, problem) => {
    const said = conditionsProblem(on, off);
    if (problem === null) expect(said).toBeNull();
    else expect(said).toMatch(problem);
    if (problem === null)
      for (const [name, value] of definitionsOf(toConditions(on, off))) expect(macroProblem(name, value)).toBeNull();
  });

  const bconds = ["%bcond_with x", "%bcond_without x", "%bcond x 0", "%bcond x 1"];
  test.skipIf(!hasRpm).each(bconds)("%s as rpm reads it", (bcond) => {
    const value = (macros: Macros) => {
      const lines = definitionsOf(macros).map(([name, text]) => `%global ${name} ${text}`);
      return query([...lines, bcond].join("\n"), "%{with x}").stdout;
    };
    expect(value(toConditions(["x"], []))).toBe("1");
    expect(value(toConditions([], ["x"]))).toBe("0");
    expect(value({})).toBe(/without| 1/.test(bcond) ? "1" : "0");
  });
});
