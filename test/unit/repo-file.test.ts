import { describe, expect, it, test } from "vitest";
import { createRepoFiles } from "../../src/app/repo-files.ts";
import { parseRepoFile } from "../../src/config/repo-file.ts";
import { KojibridgeError } from "../../src/domain/errors.ts";
import type { ForgeEvent } from "../../src/domain/event.ts";
import { compilePatterns } from "../../src/domain/pattern.ts";
import type { RepoFileLimits } from "../../src/domain/rule.ts";
import { plan } from "../../src/domain/rules.ts";
import type { ForgeFacts } from "../../src/ports/forge.ts";
import { mergeRequest, push, rule, tag } from "./rules-events.ts";

describe("reading a repo's own file", () => {
  test.each<[what: string, text: string, ...problems: string[]]>([
    ["an unknown key", "target: f42\n", "1:1: target: unknown key; did you mean `targets`?"],
    ["a key of the operator", "forges: {}\n", "1:1: forges: unknown key; expected …"],
    ["a tab", "targets:\n\t- f42\n", "2:1: a tab; indent with spaces"],
    ["a key twice", "arches: [x86_64]\narches: [x86_64]\n", "2:1: this key is there twice; keep one"],
    ["a placeholder", 'targets: "{branch}"\n', "1:10: targets: no placeholders here: write the target's name"],
    [
      "no name of a target",
      "targets:\n  - f42\n  - a b\n",
      "3:5: targets[1]: write a target's name: letters, digits and `/_.+-`",
    ],
    ["an empty list", "arches: []\n", "1:1: arches: the list is empty; name at least one"],
    ["no arch", "arches: [x86-64]\n", "1:10: arches[0]: write the name of an architecture, such as x86_64"],
    [
      "a shell in a macro",
      'macros:\n  dist: "%(date)"\n',
      "2:9: macros.dist: besides text, only %{name}, %{?name} and %{!?name} may be in this value",
    ],
    ["a macro of two lines", 'macros: { dist: "a\\nb" }\n', "1:17: macros.dist: …"],
    [
      "a conditional on and off",
      "with: [docs]\nwithout: [docs]\n",
      "2:1: without: `docs` is both in `with` and in `without`",
    ],
    ["real builds", "scratch: false\n", "1:1: scratch: unknown key; expected …"],
    [
      "several at once",
      "target: f42\nmacros: { dist: 1 }\n",
      "1:1: target: unknown key; did you mean `targets`?",
      "2:17: macros.dist: expected text, got the number 1; put it in quotes",
    ],
    ["a list", "- f42\n", "1:1: expected a mapping (key: value), got a list"],
    [
      "an alias bomb",
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${"*a,".repeat(20)}]\nc: &c [${"*b,".repeat(20)}]\nd: [${"*c,".repeat(20)}]\n`,
      "1:1: too many aliases; write the values out",
    ],
    ["too much", `# ${"x".repeat(70_000)}\n`, "1:1: larger than 65536 characters"],
  ])("%s is a mistake, with line and column", (_, text, ...problems) => {
    const parsed = parseRepoFile(text);
    const found = parsed.ok ? [] : parsed.problems;
    const shown = found.map((problem) => problem.replace(/expected targets, .*$/, "expected …"));
    expect(
      shown.map((line, i) => (problems[i]?.endsWith(": …") ? line.replace(/(\.dist): .*/, "$1: …") : line)),
    ).toEqual(problems.map((problem) => `.kojibridge.yaml:${problem}`));
  });

  test.each([
    ["nothing", ""],
    ["a comment", "# later\n"],
    ["what is the CI step's", "hubs: { x: { url: https://x } }\nrules: [{}]\n"],
    [
      "everything",
      "targets: f42\narches: [x86_64]\nmacros: { dist: .x, old: null }\nwith: [a]\nwithout: [b]\nmacro_strategy: side_tag\n",
    ],
  ])("%s is fine", (_, text) => {
    expect(parseRepoFile(text)).toMatchObject({ ok: true });
  });
});

interface Case {
  readonly rules?: Parameters<typeof rule>[0][];
  readonly event?: ForgeEvent;
  readonly limits?: Partial<Record<"targets" | "macros" | "conditions", string[]>> & { realBuilds?: boolean };
  readonly file: string;
}

function limitsFrom({ targets, macros, conditions, realBuilds = false }: Case["limits"] = {}): RepoFileLimits {
  const patterns = (list: string[] | undefined) => (list === undefined ? null : compilePatterns(list));
  return { targets: patterns(targets), macros: patterns(macros), conditions: patterns(conditions), realBuilds };
}

function planned({ rules = [{}], event = push(), limits, file }: Case) {
  const parsed = parseRepoFile(file);
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const all = rules.map((but, i) => rule({ name: `r${i}`, repoFile: limitsFrom(limits), ...but }));
  return plan(event, all, { comments: "always" }, undefined, parsed.file);
}

/** `rule target arches macros`, or what the summary says. */
function told(one: Case): string[] {
  const { builds, notice } = planned(one);
  if (notice !== undefined) return [notice.text];
  return builds.map(({ rule: name, target, arches, macros, scratch }) =>
    [
      name,
      target,
      scratch ? null : "REAL",
      ...arches,
      ...macros.map((macro) => `${macro.name}=${macro.value}(${macro.layer})`),
    ]
      .filter((word) => word !== null)
      .join(" "),
  );
}

const TWO: Case["rules"] = [{ build: { targets: ["f42", "f43"] } }, { build: { targets: ["c9s"] } }];
const REAL: Case["rules"] = [{ build: { scratch: false, arches: [] } }];

describe("what a repo's own file changes", () => {
  test.each<[what: string, one: Case, ...builds: string[]]>([
    ["nothing in it", { file: "" }, "r0 f42"],
    ["one of the rule's targets", { rules: TWO, file: "targets: f43" }, "r0 f43"],
    ["targets of two rules", { rules: TWO, file: "targets: [c9s, f42]" }, "r0 f42", "r1 c9s"],
    ["an allowed target", { rules: TWO, limits: { targets: ["f*"] }, file: "targets: [c9s, f44]" }, "r0 f44", "r1 c9s"],
    [
      "a target nobody allows",
      { rules: TWO, limits: { targets: ["f*"] }, file: "targets: [f42, el9]" },
      ".kojibridge.yaml:1:16: target `el9` is not allowed here; allowed: f42, f43, f*, c9s",
    ],
    [
      "a target the operator keeps out",
      { limits: { targets: ["f*", "!f39"] }, file: "targets: f39" },
      ".kojibridge.yaml:1:10: target `f39` is not allowed here; allowed: f42, f*, !f39",
    ],
    [
      "a target of a rule that did not match",
      { rules: [{}, { branches: ["x"], build: { targets: ["c9s"] } }], file: "targets: c9s" },
      ".kojibridge.yaml:1:10: target `c9s` is not allowed here; allowed: f42",
    ],
    ["arches", { file: "arches: [aarch64]" }, "r0 f42 aarch64"],
    [
      "arches instead of the rule's",
      { rules: [{ build: { arches: ["x86_64"] } }], file: "arches: [aarch64]" },
      "r0 f42 aarch64",
    ],
    [
      "a macro that is allowed",
      { limits: { macros: ["dist"] }, file: "macros: { dist: .x }" },
      "r0 f42 dist=.x(repo_file)",
    ],
    [
      "a macro over the rule's",
      {
        rules: [{ build: { macros: { dist: ".r", a_b: "1" } } }],
        limits: { macros: ["dist"] },
        file: "macros: { dist: .x }",
      },
      "r0 f42 a_b=1(rule) dist=.x(repo_file)",
    ],
    [
      "a macro that is not",
      { limits: { macros: ["dist"] }, file: "macros:\n  dist: .x\n  vendor: me" },
      ".kojibridge.yaml:3:11: macro `vendor` is not allowed here; allowed: dist",
    ],
    [
      "a macro where none is",
      { file: "macros: { dist: .x }" },
      ".kojibridge.yaml:1:17: macro `dist` is not allowed here; allowed: none",
    ],
    [
      "taking a macro away",
      { limits: { macros: ["dist"] }, rules: [{ build: { macros: { dist: ".r" } } }], file: "macros: { dist: null }" },
      "r0 f42 dist=null(repo_file)",
    ],
    [
      "conditionals",
      { limits: { conditions: ["t*"] }, file: "with: [tests]" },
      "r0 f42 _with_tests=--with-tests(repo_file) _without_tests=null(repo_file)",
    ],
    [
      "a conditional that is not allowed",
      { limits: { macros: ["*"] }, file: "without: [docs]" },
      ".kojibridge.yaml:1:11: build conditional `docs` is not allowed here; allowed: none",
    ],
    [
      "two mistakes",
      { file: "macros: { a_b: x, b_c: y }" },
      ".kojibridge.yaml:1:16: macro `a_b` is not allowed here; allowed: none (and 1 more)",
    ],
    ["a real build", { rules: REAL, file: "targets: f99\nmacros: { dist: .x }" }, "r0 f42 REAL"],
    [
      "a real build it has a say in",
      {
        rules: [{ build: { scratch: false, targets: ["f42", "f43"] } }],
        limits: { realBuilds: true, macros: ["dist"] },
        file: "targets: f43\nmacros: { dist: .x }\narches: [x86_64]",
      },
      "r0 f43 REAL dist=.x(repo_file)",
    ],
    [
      "a real build of a tag",
      {
        rules: [{ on: ["tag"], build: { scratch: false } }],
        event: tag(),
        limits: { realBuilds: true, targets: ["*"] },
        file: "targets: f44",
      },
      "r0 f44 REAL",
    ],
    [
      "a merge request",
      {
        event: mergeRequest(),
        rules: [{ on: ["merge_request"] }],
        limits: { targets: ["*"], realBuilds: true },
        file: "targets: f44",
      },
      "r0 f44",
    ],
    [
      "packages",
      {
        rules: [{ package: "p/{package}", build: { targets: ["{package}-x", "f42"] } }],
        event: push({ changed: ["p/a/1", "p/b/1"] }),
        file: "targets: [f42, a-x]",
      },
      "r0 a-x",
      "r0 f42",
      "r0 f42",
    ],
    ["a strategy", { file: "macro_strategy: tag" }, "r0 f42"],
  ])("%s", (_, one, ...builds) => {
    expect(told(one).toSorted()).toEqual(builds.toSorted());
  });

  it("is not asked about rules that do not heed it", () => {
    expect(told({ rules: [{ repoFile: null }], file: "targets: f99" })).toEqual(["r0 f42"]);
  });

  it("nothing is built beside a mistake, whatever other rules say", () => {
    const { builds, ignored, notice } = planned({
      rules: [{}, { repoFile: null, build: { targets: ["c9s"] } }],
      file: "targets: f99",
    });
    expect(builds).toEqual([]);
    expect(ignored).toMatch(/^\.kojibridge\.yaml:1:10: target `f99`/);
    expect(notice?.state).toBe("failure");
  });

  it("says while nobody has read it that it will be asked for", () => {
    const heeding = rule({ repoFile: limitsFrom() });
    const [entry] = plan(push(), [heeding], { comments: "always" }).trace;
    expect(entry).toMatchObject({ matched: true, needsFile: true });
    expect(plan(push(), [heeding], { comments: "always" }, undefined, null).trace[0]).not.toHaveProperty("needsFile");
    const real = rule({ repoFile: limitsFrom(), build: { scratch: false } });
    expect(plan(push(), [real], { comments: "always" }).trace[0]).not.toHaveProperty("needsFile");
  });
});

describe("where it is read", () => {
  const SHA = push().sha;
  const HEAD = "9".repeat(40);

  function forge(file: ForgeFacts["file"], head: string | null = HEAD) {
    const asked: string[] = [];
    const facts = {
      async file(repo: string, at: string, path: string) {
        asked.push(`${repo} ${at} ${path}`);
        return file(repo, at, path);
      },
      ref: async () => (head === null ? null : { sha: head, protected: false }),
    } as unknown as ForgeFacts;
    return { facts, asked };
  }

  test.each<[what: string, event: ForgeEvent, at: string]>([
    ["a push", push(), SHA],
    ["a tag", tag(), tag().sha],
    ["a merge request of the repo itself", mergeRequest(), mergeRequest().sha],
    ["a fork's merge request", mergeRequest({ fork: true }), HEAD],
  ])("of %s", async (_, event, at) => {
    const { facts, asked } = forge(async () => "targets: f42");
    const read = createRepoFiles(parseRepoFile);
    const found = await read(event, facts);
    expect(found).toMatchObject({ parsed: { ok: true }, where: `.kojibridge.yaml at ${at.slice(0, 12)}` });
    await read(event, facts);
    expect(asked).toEqual([`${event.repo.path} ${at} .kojibridge.yaml`]);
  });

  it("a fork's merge request to a branch that is gone brings none", async () => {
    const { facts, asked } = forge(async () => "targets: f42", null);
    expect(await createRepoFiles(parseRepoFile)(mergeRequest({ fork: true }), facts)).toMatchObject({ parsed: null });
    expect(asked).toEqual([]);
  });

  it("is asked for again after the forge failed, and what is no text is a mistake", async () => {
    let answer: () => Promise<string | null> = () => Promise.reject(new KojibridgeError("transient", "away"));
    const { facts, asked } = forge(() => answer());
    const read = createRepoFiles(parseRepoFile);
    await expect(read(push(), facts)).rejects.toThrow("away");
    answer = () => Promise.reject(new KojibridgeError("invalid", "a directory"));
    expect(await read(push(), facts)).toMatchObject({
      parsed: { ok: false, problems: [".kojibridge.yaml:1:1: no text file of a bearable size"] },
    });
    expect(asked).toHaveLength(2);
  });

  it("remembers that there is none", async () => {
    const { facts, asked } = forge(async () => null);
    const read = createRepoFiles(parseRepoFile);
    expect(await read(push(), facts)).toMatchObject({ parsed: null });
    await read(push(), facts);
    expect(asked).toHaveLength(1);
  });
});
