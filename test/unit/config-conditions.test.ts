import { describe, expect, test } from "vitest";
import { type Loaded, parseConfig } from "../../src/config/load.ts";

const HEAD = `hubs: { koji: { url: "https://koji.example.org/kojihub", auth: { method: password, username: a, password: { env: A } } } }
forges: { github: { type: github, token: { env: A }, webhook_secret: { env: A } } }
rules:
`;

/** The head and one rule with these lines, each four deep; the first is line 6. */
function load(...lines: string[]): Loaded {
  const text = `${HEAD}  - name: one\n    repos: "github:**"\n${lines.map((line) => `    ${line}\n`).join("")}`;
  return parseConfig(text, "k.yaml", { env: {}, secrets: "optional" });
}

function problemsOf(...lines: string[]): string[] {
  const loaded = load(...lines);
  return loaded.ok
    ? []
    : loaded.problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}

const BUILD = "build: { hub: koji, target: f42 }";
const target = (text: string) => `build: { hub: koji, target: "${text}" }`;

type Row = [what: string, lines: string[], ...problems: string[]];

describe("patterns", () => {
  test.each<Row>([
    [
      "all of them",
      [
        "on: [push, merge_request]",
        "branches: '/^f\\d+$/'",
        "paths: ['**.spec', '!docs/**']",
        "labels: build",
        "authors: '!*-bot'",
        "titles: '!/WIP/'",
        "messages: '**[x]**'",
        BUILD,
      ],
    ],
    [
      "an open group",
      ["on: push", "branches: [main, '/(/']", BUILD],
      "7:22 rules[0].branches[1]: this is no regular expression: unterminated group",
    ],
    [
      "an open group that is excluded",
      ["on: push", "branches: [main, '!/(/']", BUILD],
      "7:22 rules[0].branches[1]: this is no regular expression: unterminated group",
    ],
    [
      "flags",
      ["on: push", "branches: /main/i", BUILD],
      "7:15 rules[0].branches: no flags after a regular expression; drop the `i`",
    ],
    [
      "a path with a slash in front",
      ["on: push", "paths: /docs/**", BUILD],
      "7:12 rules[0].paths: what starts with `/` is a regular expression and ends with `/`",
    ],
    [
      "look-around",
      ["on: push", "messages: '/^(?!x)/'", BUILD],
      "7:15 rules[0].messages: no look-around and no flags in a regular expression here",
    ],
    [
      "a back-reference",
      ["on: merge_request", "titles: '/(a)\\1/'", BUILD],
      "7:13 rules[0].titles: no back-references in a regular expression here",
    ],
    [
      "what may be empty, repeated",
      ["on: merge_request", "labels: '/(a*)*/'", BUILD],
      "7:13 rules[0].labels: what is optional or repeats here may be empty; let it take a character",
    ],
    [
      "too large",
      ["on: push", "authors: '/(?:a{99}){99}/'", BUILD],
      "7:14 rules[0].authors: the pattern is too large with its repetitions written out",
    ],
    [
      "a whole ref",
      ["on: push", "branches: '/^refs\\/heads\\/f/'", BUILD],
      "7:15 rules[0].branches: write the name alone, without refs/…/",
    ],
    ["an empty list", ["on: push", "paths: []", BUILD], "7:5 rules[0].paths: the list is empty; name at least one"],
    ["an empty pattern", ["on: push", "paths: ['']", BUILD], "7:13 rules[0].paths[0]: the pattern is empty"],
    [
      "a number",
      ["on: push", "messages: 1", BUILD],
      "7:15 rules[0].messages: expected text, got the number 1; put it in quotes",
    ],
  ])("%s", (_, lines, ...problems) => {
    expect(problemsOf(...lines)).toEqual(problems);
  });

  test.each<[key: string, on: string, kinds: string]>([
    ["labels", "push", "merge_request"],
    ["labels", "tag", "merge_request"],
    ["titles", "push", "merge_request"],
    ["messages", "merge_request", "push, tag"],
    ["paths", "tag", "push, merge_request"],
  ])("%s on %s", (key, on, kinds) => {
    const message = `7:5 rules[0].${key}: has no meaning on ${on}; it is for ${kinds}`;
    expect(problemsOf(`on: ${on}`, `${key}: x`, BUILD)).toEqual([message]);
  });

  test("of repos", () => {
    const text = `${HEAD}  - { name: a, repos: "github:/(/", on: push, ${BUILD} }\n`;
    const loaded = parseConfig(text, "k.yaml", { env: {}, secrets: "optional" });
    expect(loaded).toMatchObject({
      problems: [{ line: 4, column: 23, message: "this is no regular expression: unterminated group" }],
    });
  });

  test("reach the rule", () => {
    const loaded = load(
      "on: [push, tag, merge_request]",
      "branches: '/^f/'",
      "tags: v*",
      "paths: '*.spec'",
      "labels: [a, '!b']",
      "authors: ann",
      "titles: t",
      "messages: m",
      BUILD,
    );
    if (!loaded.ok) throw new Error("problems");
    const { branches, tags, paths, labels, authors, titles, messages } = loaded.config.rules[0]!;
    const lists = [branches, tags, paths, labels, authors, titles, messages].map((list) => list?.patterns);
    expect(lists).toEqual([["/^f/"], ["v*"], ["*.spec"], ["a", "!b"], ["ann"], ["t"], ["m"]]);
  });
});

describe("named groups", () => {
  const dist = "branches: '/^(?<dist>f\\d+)$/'";
  test.each<Row>([
    ["used", ["on: push", dist, target("{dist}-candidate")]],
    [
      "used in all templates",
      ["on: push", dist, 'build: { hub: koji, target: f42, source: "git+https://h/{dist}#{sha}", context: "{dist}" }'],
    ],
    [
      "of two patterns",
      ["on: push", "branches: ['/^(?<dist>f\\d+)$/', '/^(?<dist>c\\d+)s$/', '!f39']", target("{dist}")],
    ],
    [
      "of two events that never meet",
      ["on: [push, tag]", "branches: '/^(?<v>.*)$/'", "tags: '/^(?<v>.*)$/'", target("{v}")],
    ],
    ["not used", ["on: push", dist, BUILD]],
    [
      "not in every pattern",
      ["on: push", "branches: [main, '/^(?<dist>f\\d+)$/']", target("{dist}")],
      "8:33 rules[0].build.target: {dist} has no value where branches matches `main`; make that a rule of its own",
    ],
    ["not used, not in every pattern", ["on: push", "branches: [main, '/^(?<dist>f\\d+)$/']", BUILD]],
    [
      "optional",
      ["on: push", "branches: '/^f(?<v>\\d+)?$/'", target("{v}")],
      "8:33 rules[0].build.target: {v} has no value where branches matches `/^f(?<v>\\d+)?$/`; make that a rule of its own",
    ],
    [
      "of one alternative",
      ["on: push", "branches: '/^f(?<v>\\d+)$|^main$/'", target("{v}")],
      "8:33 rules[0].build.target: {v} has no value where branches matches `/^f(?<v>\\d+)$|^main$/`; make that a rule of its own",
    ],
    [
      "without a value on tags",
      ["on: [push, tag]", dist, target("{dist}")],
      "8:33 rules[0].build.target: {dist} has no value on tag; make that a rule of its own",
    ],
    [
      "of a title on push",
      ["on: [push, merge_request]", "titles: '/(?<v>x)/'", target("{v}")],
      "8:33 rules[0].build.target: {v} has no value on push; make that a rule of its own",
    ],
    [
      "misspelt",
      ["on: push", dist, target("{dits}")],
      "8:33 rules[0].build.target: unknown placeholder {dits}; did you mean `dist`?",
    ],
    [
      "unknown",
      ["on: push", dist, target("{nonsense}")],
      "8:33 rules[0].build.target: unknown placeholder {nonsense}; there are {branch} {tag} {sha} {short_sha} {repo} {repo_name} {owner} {mr} {dist}",
    ],
    [
      "in an exclusion",
      ["on: push", "branches: ['f*', '!/^f(?<v>3.)$/']", BUILD],
      "7:22 rules[0].branches[1]: the group `v` is in an exclusion, which leaves nothing to build",
    ],
    [
      "in paths",
      ["on: push", "paths: '/^(?<v>.*)\\//'", BUILD],
      "7:12 rules[0].paths: the group `v` would have one value for each path; see `package`",
    ],
    [
      "called like a placeholder",
      ["on: push", "branches: '/^(?<branch>.*)$/'", BUILD],
      "7:15 rules[0].branches: {branch} is a placeholder already; give the group another name",
    ],
    [
      "called target",
      ["on: push", "branches: '/^(?<target>.*)$/'", BUILD],
      "7:15 rules[0].branches: {target} is a placeholder already; give the group another name",
    ],
    [
      "called package",
      ["on: push", "branches: '/^(?<package>.*)$/'", BUILD],
      "7:15 rules[0].branches: {package} is a placeholder already; give the group another name",
    ],
    [
      "in two keys",
      ["on: push", "branches: '/^(?<v>.*)$/'", "messages: '/(?<v>x)/'", BUILD],
      "8:15 rules[0].messages: the group `v` is in `branches` as well; give one of them another name",
    ],
    [
      "twice in one pattern",
      ["on: push", "branches: '/(?<v>a)(?<v>b)/'", BUILD],
      "7:15 rules[0].branches: this is no regular expression: duplicate capture group name",
    ],
    [
      "that repeats",
      ["on: push", "branches: '/(?<v>a)+/'", BUILD],
      "7:15 rules[0].branches: a named group that repeats has no single value",
    ],
    [
      "with a capital",
      ["on: push", "branches: '/(?<Dist>a)/'", BUILD],
      "7:15 rules[0].branches: name the group `Dist` in lower case: letters, digits and `_`",
    ],
  ])("%s", (_, lines, ...problems) => {
    expect(problemsOf(...lines)).toEqual(problems);
  });
});

describe("package", () => {
  const mono = 'package: { path: "packages/{package}" }';
  test.each<Row>([
    ["as it should be", ["on: [push, merge_request]", mono, target("{package}-next")]],
    [
      "in source and context",
      [
        "on: push",
        mono,
        'build: { hub: koji, target: x, source: "git+https://h/r?{package}#{sha}", context: "{package}" }',
      ],
    ],
    [
      "on tags",
      ["on: [push, tag]", mono, BUILD],
      "7:5 rules[0].package: a tag changes no paths; make it a rule of its own, with a named group in `tags` for the package",
    ],
    [
      "no path",
      ["on: push", "package: {}", BUILD],
      "7:5 rules[0].package.path: missing: The folder of a package, `{package}` being one step of it",
    ],
    [
      "a text",
      ["on: push", "package: packages/*", BUILD],
      "7:14 rules[0].package: expected a mapping (key: value), got text",
    ],
    [
      "a key it has not",
      ["on: push", 'package: { path: "{package}", dir: x }', BUILD],
      "7:35 rules[0].package.dir: unknown key; expected path, spec",
    ],
    [
      "no placeholder",
      ["on: push", "package: { path: packages }", BUILD],
      "7:22 rules[0].package.path: let {package} be one step of the path, as in packages/{package}",
    ],
    [
      "half a step",
      ["on: push", 'package: { path: "rpm-{package}" }', BUILD],
      "7:22 rules[0].package.path: let {package} be one step of the path, as in packages/{package}",
    ],
    [
      "twice",
      ["on: push", 'package: { path: "{package}/{package}" }', BUILD],
      "7:22 rules[0].package.path: let {package} be one step of the path, as in packages/{package}",
    ],
    [
      "a step upwards",
      ["on: push", 'package: { path: "../{package}" }', BUILD],
      "7:22 rules[0].package.path: write the folder of a package, such as packages/{package}",
    ],
    [
      "a slash in front",
      ["on: push", 'package: { path: "/{package}" }', BUILD],
      "7:22 rules[0].package.path: write the folder of a package, such as packages/{package}",
    ],
    [
      "a slash behind",
      ["on: push", 'package: { path: "packages/{package}/" }', BUILD],
      "7:22 rules[0].package.path: write the folder of a package, such as packages/{package}",
    ],
    [
      "a glob",
      ["on: push", 'package: { path: "*/{package}" }', BUILD],
      "7:22 rules[0].package.path: write the folder of a package, such as packages/{package}",
    ],
    [
      "one context for all",
      ["on: push", mono, "build: { hub: koji, target: x, context: koji }"],
      "8:45 rules[0].build.context: several packages would report under one name; put {package} in it",
    ],
    [
      "one source for all",
      ["on: push", mono, 'build: { hub: koji, target: x, source: "git+https://h/r#{sha}" }'],
      "8:44 rules[0].build.source: all packages would be built from one place; put {package} in it",
    ],
    [
      "its placeholder without it",
      ["on: push", target("{package}")],
      "7:33 rules[0].build.target: unknown placeholder {package}; there are {branch} {tag} {sha} {short_sha} {repo} {repo_name} {owner} {mr}",
    ],
  ])("%s", (_, lines, ...problems) => {
    expect(problemsOf(...lines)).toEqual(problems);
  });
});

describe("two rules under one context", () => {
  const two = (a: string, b: string) => {
    const rule = (name: string, more: string, arch: string) =>
      `  - { name: ${name}, repos: "github:**", on: push${more}, build: { hub: koji, target: x, arches: [${arch}] } }\n`;
    const loaded = parseConfig(`${HEAD}${rule("a", a, "i686")}${rule("b", b, "x86_64")}`, "k.yaml", {
      env: {},
      secrets: "optional",
    });
    return loaded.ok ? 0 : loaded.problems.length;
  };

  test.each<[a: string, b: string, problems: number]>([
    ["", "", 1],
    [", paths: [a, b]", ", paths: [b, a]", 1],
    [", paths: a", ", paths: b", 0],
    [", paths: a", "", 0],
    [", authors: a", ", authors: b", 0],
    [", messages: a", ', messages: "!a"', 0],
    [', package: { path: "{package}" }', "", 0],
    [', package: { path: "{package}" }', ', package: { path: "{package}" }', 1],
    [', package: { path: "a/{package}" }', ', package: { path: "b/{package}" }', 0],
  ])("%s and %s: %i", (a, b, problems) => {
    expect(two(a, b)).toBe(problems);
  });
});
