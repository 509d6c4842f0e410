import { describe, expect, test } from "vitest";
import type { ForgeEvent } from "../../src/domain/event.ts";
import { changedPackages, isPackageName } from "../../src/domain/packages.ts";
import { identity, plan, type Rule } from "../../src/domain/rules.ts";
import { mergeRequest, push, repo, rule, tag } from "./rules-events.ts";

const SHA = push().sha;
const planned = (event: ForgeEvent, one: Rule, paths?: string[] | null) =>
  plan(event, [one], { comments: "always" }, paths);

describe("conditions", () => {
  const labeled = (...labels: string[]) => mergeRequest({ labels });
  test.each<[what: string, event: ForgeEvent, rule: Rule, reason: string | null]>([
    ["a label", labeled("docs", "build"), rule({ labels: ["build"] }), null],
    ["another label", labeled("docs"), rule({ labels: ["build"] }), "labels: `docs` does not match `build`"],
    ["no label", labeled(), rule({ labels: ["build"] }), "labels: there are none, which do not match `build`"],
    [
      "labels, one excluded",
      labeled("build", "wip"),
      rule({ labels: ["build", "!wip"] }),
      "labels: `build`, `wip` do not match `build`, `!wip`",
    ],
    ["only exclusions, no label", labeled(), rule({ labels: ["!wip"] }), null],
    ["only exclusions, another label", labeled("docs"), rule({ labels: ["!wip"] }), null],
    ["only exclusions, that label", labeled("wip"), rule({ labels: ["!wip"] }), "labels: `wip` does not match `!wip`"],
    ["a label by glob", labeled("koji/f42"), rule({ labels: ["koji/*"] }), null],
    [
      "a label in other letters",
      labeled("Build"),
      rule({ labels: ["build"] }),
      "labels: `Build` does not match `build`",
    ],
    [
      "seven labels",
      labeled(..."abcdefg"),
      rule({ labels: ["x"] }),
      "labels: `a`, `b`, `c`, `d`, `e`, … do not match `x`",
    ],
    ["labels on a push", push(), rule({ labels: ["build"] }), null],
    ["labels on a tag", tag(), rule({ labels: ["build"] }), null],
    ["an author", push(), rule({ authors: ["ann", "bob"] }), null],
    ["another author", push({ author: "eve" }), rule({ authors: ["ann"] }), "authors: `eve` does not match `ann`"],
    [
      "a bot",
      mergeRequest({ author: "dependabot[bot]" }),
      rule({ authors: ["!*[bot]"] }),
      "authors: `dependabot[bot]` does not match `!*[bot]`",
    ],
    ["a person, bots excluded", mergeRequest(), rule({ authors: ["!*[bot]"] }), null],
    [
      "the author of a tag",
      tag({ author: "eve" }),
      rule({ authors: ["/^a/"] }),
      "authors: `eve` does not match `/^a/`",
    ],
    ["a title", mergeRequest({ title: "[koji] Fix a/b" }), rule({ titles: ["**[koji]**"] }), null],
    [
      "a title, * stops at /",
      mergeRequest({ title: "[koji] Fix a/b" }),
      rule({ titles: ["[koji]*"] }),
      "titles: `[koji] Fix a/b` does not match `[koji]*`",
    ],
    [
      "a title by regex",
      mergeRequest({ title: "WIP: x" }),
      rule({ titles: ["!/^WIP\\b/"] }),
      "titles: `WIP: x` does not match `!/^WIP\\b/`",
    ],
    [
      "the description is no title",
      mergeRequest({ text: "Fix\n[koji]" }),
      rule({ titles: ["/koji/"] }),
      "titles: `Fix it` does not match `/koji/`",
    ],
    ["an endless title", mergeRequest({ title: `build${"x".repeat(9000)}` }), rule({ titles: ["build**"] }), null],
    ["titles on a push", push(), rule({ titles: ["x"] }), null],
    ["a message", push({ text: "Fix\n\n[release]" }), rule({ messages: ["**[release]**"] }), null],
    [
      "another message",
      push({ text: "Fix\nit" }),
      rule({ messages: ["**[release]**"] }),
      "messages: `Fix�it` does not match `**[release]**`",
    ],
    ["a message's first line", push({ text: "Release 1\nx" }), rule({ messages: ["/^Release \\d+\\n/"] }), null],
    ["a message of a tag", tag({ text: "no" }), rule({ messages: ["yes"] }), "messages: `no` does not match `yes`"],
    [
      "an endless message",
      push({ text: `a[release]${"x".repeat(9000)}` }),
      rule({ messages: ["**[release]**"] }),
      null,
    ],
    [
      "an endless message that is excluded",
      push({ text: `no${"x".repeat(9000)}` }),
      rule({ messages: ["!no**"] }),
      `messages: \`no${"x".repeat(77)}…\` does not match \`!no**\``,
    ],
    [
      "a marker too late in a message",
      push({ text: `${"x".repeat(4096)}[release]` }),
      rule({ messages: ["**[release]**"] }),
      `messages: \`${"x".repeat(79)}…\` does not match \`**[release]**\``,
    ],
    ["messages on a merge request", mergeRequest(), rule({ messages: ["x"] }), null],
    ["a branch by regex", push({ branch: "f42" }), rule({ branches: ["/^f\\d+$/"] }), null],
    [
      "a branch by regex, not",
      push(),
      rule({ branches: ["/^f\\d+$/"] }),
      "branches: `main` does not match `/^f\\d+$/`",
    ],
    ["a tag by regex", tag(), rule({ tags: ["/^v\\d/"] }), null],
    ["a repo by regex", push(), rule({ repos: ["github:/^rpms\\//"] }), null],
    [
      "a repo by regex, not",
      push(),
      rule({ repos: ["github:/^src\\//"] }),
      "repos: `github:rpms/bash` does not match `github:/^src\\//`",
    ],
    [
      "the same repo of another forge",
      push({ forge: "work" }),
      rule({ repos: ["github:/./"] }),
      "repos: `work:rpms/bash` does not match `github:/./`",
    ],
    [
      "the first of two that fail",
      mergeRequest({ branch: "x", title: "x" }),
      rule({ branches: ["main"], titles: ["a"] }),
      "branches: `x` does not match `main`",
    ],
    [
      "a draft without the label",
      mergeRequest({ draft: true }),
      rule({ labels: ["build"] }),
      "labels: there are none, which do not match `build`",
    ],
  ])("%s", (_, event, rule, reason) => {
    expect(planned(event, rule).trace).toEqual([{ rule: "r", matched: reason === null, reason, refused: [] }]);
  });
});

describe("paths", () => {
  const spec = rule({ paths: ["*.spec", "!docs/**"] });
  const none = (count: number, patterns = "`*.spec`, `!docs/**`") =>
    `paths: none of the ${count} changed paths matches ${patterns}`;
  test.each<[what: string, paths: string[], rule: Rule, reason: string | null]>([
    ["a spec", ["bash.spec"], spec, null],
    ["a spec among others", ["README", "bash.spec", "docs/a"], spec, null],
    ["none", ["README", "sources"], spec, none(2)],
    ["no paths", [], spec, none(0)],
    ["a spec below", ["a/bash.spec"], spec, none(1)],
    ["a spec anywhere", ["a/b/bash.spec"], rule({ paths: ["**.spec"] }), null],
    ["anywhere is also at the top", ["bash.spec"], rule({ paths: ["**.spec"] }), null],
    ["only exclusions, another path", ["docs/a", "src/a"], rule({ paths: ["!docs/**"] }), null],
    ["only exclusions, all excluded", ["docs/a", "docs/b"], rule({ paths: ["!docs/**"] }), none(2, "`!docs/**`")],
    ["an excluded match", ["docs/x.spec"], rule({ paths: ["**.spec", "!docs/**"] }), none(1, "`**.spec`, `!docs/**`")],
    ["a regex", ["SPECS/bash.spec"], rule({ paths: ["/\\.spec$/"] }), null],
    ["an odd name", ["a\nb.spec"], spec, null],
    ["a name longer than any", ["x".repeat(5000)], rule({ paths: ["**"] }), none(1, "`**`")],
  ])("%s", (_, changed, rule, reason) => {
    const trace = [{ rule: "r", matched: reason === null, reason, refused: [] }];
    expect(planned(push({ changed }), rule).trace).toEqual(trace);
    expect(planned(push(), rule, changed).trace).toEqual(trace);
    expect(planned(mergeRequest(), rule, changed).trace).toEqual(trace);
  });

  const unknown = [
    { rule: "r", matched: true, reason: null, refused: [], needsPaths: true, note: "paths unknown, built to be safe" },
  ];
  test.each<[what: string, event: ForgeEvent, paths?: string[] | null]>([
    ["a push that does not list them", push()],
    ["a merge request", mergeRequest()],
    ["a forge that does not know", push({ changed: ["x"] }), null],
    ["more than anybody looks at", push({ changed: Array.from({ length: 3001 }, (_, i) => `docs/${i}`) })],
  ])("unknown: %s", (_, event, paths) => {
    const { trace, builds } = planned(event, spec, paths);
    expect(trace).toEqual(unknown);
    expect(builds).toHaveLength(1);
  });

  test("are not asked of a tag", () => {
    expect(planned(tag(), spec).trace).toEqual([{ rule: "r", matched: true, reason: null, refused: [] }]);
  });

  test("are not asked where the rest does not match", () => {
    expect(planned(push(), rule({ paths: ["x"], branches: ["f*"] })).trace[0]).not.toHaveProperty("needsPaths");
    expect(planned(mergeRequest({ draft: true }), rule({ paths: ["x"] })).trace[0]).not.toHaveProperty("needsPaths");
  });

  test("that are given count more than those of the payload", () => {
    expect(planned(push({ changed: ["bash.spec"] }), spec, ["README"]).builds).toEqual([]);
  });
});

describe("named groups", () => {
  test.each<[what: string, event: ForgeEvent, rule: Rule, expected: object]>([
    [
      "of a branch",
      push({ branch: "f42" }),
      rule({ branches: ["/^(?<dist>f\\d+)$/"], build: { targets: ["{dist}-candidate"] } }),
      { target: "f42-candidate" },
    ],
    [
      "of a merge request's branch",
      mergeRequest({ branch: "c9s" }),
      rule({ branches: ["/^(?<dist>c\\d+)s$/"], build: { targets: ["{dist}"] } }),
      { target: "c9" },
    ],
    [
      "of a tag",
      tag({ tag: "bash-5.2-1" }),
      rule({ tags: ["/^(?<name>.+)-(?<version>[^-]+)-[^-]+$/"], build: { context: "{name}/{version}" } }),
      { context: "bash/5.2" },
    ],
    [
      "of a repo",
      push(),
      rule({ repos: ["github:/^rpms\\/(?<first>.)/"], build: { targets: ["{first}"] } }),
      { target: "b" },
    ],
    [
      "of a label",
      mergeRequest({ labels: ["x", "target:f43"] }),
      rule({ labels: ["/^target:(?<to>.+)$/"], build: { targets: ["{to}"] } }),
      { target: "f43" },
    ],
    [
      "of a title",
      mergeRequest({ title: "[f44] Fix" }),
      rule({ titles: ["/^\\[(?<to>\\w+)\\]/"], build: { targets: ["{to}"] } }),
      { target: "f44" },
    ],
    [
      "of a message",
      push({ text: "Fix\n\nKoji-Target: f45\n" }),
      rule({ messages: ["/\\nKoji-Target: (?<to>.+)/"], build: { targets: ["{to}"] } }),
      { target: "f45" },
    ],
    ["of an author", push(), rule({ authors: ["/^(?<who>.*)$/"], build: { context: "{who}" } }), { context: "ann" }],
    [
      "of several keys",
      push({ branch: "f42" }),
      rule({ repos: ["github:/(?<a>bash)/"], branches: ["/(?<b>42)/"], build: { targets: ["{a}-{b}"] } }),
      { target: "bash-42" },
    ],
    [
      "in a source, encoded",
      push({ branch: "a?b" }),
      rule({ branches: ["/(?<x>.*)/"], build: { source: "git+https://h/{x}#{sha}" } }),
      { source: `git+https://h/a%3Fb#${SHA}` },
    ],
    [
      "that hold a placeholder",
      push({ branch: "{sha}" }),
      rule({ branches: ["/(?<x>.*)/"], build: { context: "{x}" } }),
      { context: "{sha}" },
    ],
    [
      "that are called like ours",
      push({ branch: "f42" }),
      rule({ branches: ["/(?<sha>.*)/"], build: { context: "{sha}" } }),
      { context: SHA },
    ],
  ])("%s", (_, event, rule, expected) => {
    expect(planned(event, rule).builds).toMatchObject([expected]);
  });

  test.each<[what: string, event: ForgeEvent, rule: Rule, refused: string]>([
    [
      "without a value",
      push({ branch: "x" }),
      rule({ branches: ["/^x(?<v>\\d)?$/"], build: { targets: ["{v}"] } }),
      "{v} has no value here",
    ],
    [
      "of another event",
      tag(),
      rule({ branches: ["/(?<v>.*)/"], build: { targets: ["{v}"] } }),
      "{v} has no value here",
    ],
    [
      "no target is called so",
      push({ branch: "a b" }),
      rule({ branches: ["/(?<v>.*)/"], build: { targets: ["{v}"] } }),
      "`a b` cannot be the name of a Koji target",
    ],
    [
      "with steps that climb",
      push({ branch: ".." }),
      rule({ branches: ["/(?<v>.*)/"], build: { source: "git+https://h/x?{v}#{sha}" } }),
      `\`git+https://h/x?..#${SHA}\` cannot be a source: it has a \`.\` or \`..\` step`,
    ],
  ])("%s: refused", (_, event, rule, refused) => {
    expect(planned(event, rule)).toMatchObject({ builds: [], ignored: refused });
  });
});

describe("packages", () => {
  test.each<[layout: string, paths: string[], names: string[]]>([
    ["packages/{package}", ["packages/foo/foo.spec"], ["foo"]],
    ["packages/{package}", ["packages/foo/a", "packages/bar/b", "packages/foo/c"], ["bar", "foo"]],
    ["packages/{package}", ["packages/README", "README", "other/foo/x"], []],
    ["packages/{package}", ["packages/foo/deep/er/x"], ["foo"]],
    ["packages/{package}", ["packages//x", "packages/.hidden/x"], []],
    ["packages/{package}", ["packages2/foo/x", "xpackages/foo/x"], []],
    ["{package}", ["foo/foo.spec", "README", ".github/workflows/x.yml"], ["foo"]],
    ["src/{package}/rpm", ["src/foo/rpm/foo.spec", "src/bar/main.c", "src/baz/rpms/x", "src/qux/rpm"], ["foo"]],
    ["a/b/{package}", ["a/b/c/d", "a/x/c/d"], ["c"]],
    ["packages/{package}", ["packages/libstdc++/x"], ["libstdc++"]],
    ["packages/{package}", [], []],
  ])("%s of %j", (layout, paths, names) => {
    expect(changedPackages(layout, paths)).toEqual(names);
  });

  test.each([
    ["foo", true],
    ["libstdc++", true],
    ["python3.12", true],
    ["_x", true],
    ["a b", false],
    ["a;b", false],
    ["a?b", false],
    ["a#b", false],
    ["..", false],
    ["中", false],
    ["-x", false],
    ["", false],
  ])("the name %j: %s", (name, good) => {
    expect(isPackageName(name)).toBe(good);
  });

  const mono = (but: Parameters<typeof rule>[0] = {}) => rule({ package: "packages/{package}", ...but });
  const changed = ["packages/foo/foo.spec", "packages/bar/fix.patch", "docs/index.md"];
  const of = (name: string) => `git+https://github.com/rpms/bash.git?packages/${name}#${SHA}`;

  test("one build for each", () => {
    expect(planned(push({ changed }), mono()).builds).toMatchObject([
      { target: "f42", source: of("bar"), context: "koji/f42/scratch/bar" },
      { target: "f42", source: of("foo"), context: "koji/f42/scratch/foo" },
    ]);
  });

  test("and target", () => {
    const { builds } = planned(
      push({ changed }),
      mono({ build: { targets: ["f42", "{package}-next"], scratch: false } }),
    );
    expect(builds.map((build) => build.context)).toEqual([
      "koji/f42/bar",
      "koji/bar-next/bar",
      "koji/f42/foo",
      "koji/foo-next/foo",
    ]);
  });

  test.each<[what: string, event: ForgeEvent, rule: Rule, expected: object[]]>([
    ["paths choose first", push({ changed }), mono({ paths: ["**.spec"] }), [{ source: of("foo") }]],
    [
      "a package of its own is no monorepo's",
      push({ changed }),
      rule(),
      [{ source: `git+https://github.com/rpms/bash.git#${SHA}` }],
    ],
    [
      "its own context",
      push({ changed }),
      mono({ paths: ["**.spec"], build: { context: "{package}@{target}" } }),
      [{ context: "foo@f42" }],
    ],
    [
      "its own source",
      push({ changed }),
      mono({ paths: ["**.spec"], build: { source: "git+https://h/x.git?p/{package}#{sha}" } }),
      [{ source: `git+https://h/x.git?p/foo#${SHA}` }],
    ],
  ])("%s", (_, event, rule, expected) => {
    expect(planned(event, rule).builds).toMatchObject(expected);
    expect(planned(event, rule).builds).toHaveLength(expected.length);
  });

  test.each<[what: string, changed: string[], rule: Rule, reason: string]>([
    ["nothing below", ["docs/x"], mono(), "package: nothing changed below `packages/{package}`"],
    ["nothing at all", [], mono(), "package: nothing changed below `packages/{package}`"],
    ["paths say no", changed, mono({ paths: ["*.spec"] }), "paths: none of the 3 changed paths matches `*.spec`"],
    [
      "what paths choose is no package's",
      changed,
      mono({ paths: ["docs/**"] }),
      "package: nothing changed below `packages/{package}`",
    ],
  ])("%s", (_, changed, rule, reason) => {
    expect(planned(push({ changed }), rule)).toEqual({
      builds: [],
      trace: [{ rule: "r", matched: false, reason, refused: [] }],
      ignored: "no rule matches",
    });
  });

  test.each<[what: string, event: ForgeEvent]>([
    ["a push", push()],
    ["a merge request", mergeRequest()],
  ])("unknown paths of %s: nothing is built, and it says so", (_, event) => {
    const reason = "package: changed paths unknown";
    expect(planned(event, mono())).toEqual({
      builds: [],
      trace: [{ rule: "r", matched: false, reason, refused: [], needsPaths: true }],
      ignored: reason,
    });
    expect(planned(event, mono(), changed).builds).toHaveLength(2);
  });

  test("a name that is none is refused, the others are built", () => {
    const { builds, trace } = planned(push({ changed: ["packages/a b/x", "packages/foo/x"] }), mono());
    expect(builds).toMatchObject([{ source: of("foo") }]);
    expect(trace).toMatchObject([{ matched: true, refused: ["`a b` cannot be the name of a package"] }]);
  });

  test("the same package of the same commit is the same build, from a fork as well", () => {
    const fork = mergeRequest({ fork: true, source: repo("eve/bash") });
    const ids = [push(), fork].map((event) =>
      planned(event, mono(), changed).builds.map((request) => identity(request, event)),
    );
    expect(ids[0]).toEqual(ids[1]);
    expect(new Set(ids[0]).size).toBe(2);
    expect(planned(fork, mono(), changed).builds[0]?.source).toContain("eve/bash.git?packages/bar#");
  });
});
