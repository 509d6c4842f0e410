import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ForgeEvent } from "../../src/domain/event.ts";
import { macroProblem } from "../../src/domain/macros.ts";
import { compilePatterns } from "../../src/domain/pattern.ts";
import { identity, plan, type Rule } from "../../src/domain/rules.ts";
import { mergeRequest, push, repo, rule, tag } from "./rules-events.ts";

const REPORTS = { comments: "always" } as const;
const SHA = push().sha;

const planned = (event: ForgeEvent, ...rules: Rule[]) => plan(event, rules, REPORTS);

describe("which rules match", () => {
  const draft = "draft: built when it becomes ready";
  test.each<[what: string, event: ForgeEvent, rule: Rule, reason: string | null]>([
    ["a push", push(), rule({ on: ["push"] }), null],
    ["a push, no push rule", push(), rule({ on: ["tag"] }), "on: this is a push, not a tag"],
    [
      "a push, neither",
      push(),
      rule({ on: ["tag", "merge_request"] }),
      "on: this is a push, not a tag or merge_request",
    ],
    ["another repo", push({ path: "src/bash" }), rule(), "repos: `github:src/bash` does not match `github:rpms/*`"],
    ["another forge", push({ forge: "work" }), rule(), "repos: `work:rpms/bash` does not match `github:rpms/*`"],
    ["a deeper repo", push({ path: "rpms/a/b" }), rule(), "repos: `github:rpms/a/b` does not match `github:rpms/*`"],
    ["a deeper repo, **", push({ path: "rpms/a/b" }), rule({ repos: ["github:rpms/**"] }), null],
    [
      "an excluded repo",
      push(),
      rule({ repos: ["github:**", "!github:rpms/bash"] }),
      "repos: `github:rpms/bash` does not match `github:**`, `!github:rpms/bash`",
    ],
    ["the second of two globs", push(), rule({ repos: ["work:**", "github:*/bash"] }), null],
    ["its branch", push({ branch: "f42" }), rule({ branches: ["f*"] }), null],
    ["another branch", push(), rule({ branches: ["f*"] }), "branches: `main` does not match `f*`"],
    ["an excluded branch", push(), rule({ branches: ["!main"] }), "branches: `main` does not match `!main`"],
    ["no branches said", push({ branch: "any/thing" }), rule(), null],
    ["a push, tags said", push(), rule({ tags: ["v*"] }), null],
    ["its tag", tag(), rule({ tags: ["v*"] }), null],
    ["another tag", tag({ tag: "x1" }), rule({ tags: ["v*"] }), "tags: `x1` does not match `v*`"],
    ["a tag, branches said", tag(), rule({ branches: ["f*"] }), null],
    ["no tags said", tag({ tag: "any" }), rule(), null],
    ["a merge request", mergeRequest(), rule(), null],
    ["its target branch", mergeRequest({ branch: "f42", sourceBranch: "x" }), rule({ branches: ["f*"] }), null],
    [
      "only its source branch",
      mergeRequest({ sourceBranch: "f42" }),
      rule({ branches: ["f*"] }),
      "branches: `main` does not match `f*`",
    ],
    ["a draft", mergeRequest({ draft: true }), rule(), draft],
    ["a draft, drafts said", mergeRequest({ draft: true }), rule({ drafts: true }), null],
    ["a draft that is ready", mergeRequest({ action: "ready" }), rule(), null],
    ["an update", mergeRequest({ action: "updated" }), rule(), null],
    ["reopened", mergeRequest({ action: "reopened" }), rule(), null],
    ["a fork", mergeRequest({ fork: true, source: repo("eve/bash") }), rule(), null],
    [
      "a fork is judged by where it goes",
      mergeRequest({ fork: true, source: repo("eve/bash") }),
      rule({ repos: ["github:eve/*"] }),
      "repos: `github:rpms/bash` does not match `github:eve/*`",
    ],
    [
      "a real build",
      mergeRequest(),
      rule({ build: { scratch: false } }),
      "build.scratch: a merge request never gets a real build",
    ],
    ["a real build on push", push(), rule({ build: { scratch: false } }), null],
    ["an odd name", push({ branch: "a\nb" }), rule({ branches: ["f*"] }), "branches: `a�b` does not match `f*`"],
  ])("%s", (_, event, rule, reason) => {
    const { trace, builds, ignored } = planned(event, rule);
    expect(trace).toEqual([{ rule: "r", matched: reason === null, reason, refused: [] }]);
    expect(builds).toHaveLength(reason === null ? 1 : 0);
    expect(ignored).toBe(reason === null ? null : reason === draft ? draft : "no rule matches");
  });
});

describe("what is ignored at once", () => {
  test.each<[event: ForgeEvent, ignored: string]>([
    [push({ text: "Fix [skip ci]" }), "[skip ci] in the commit message"],
    [push({ text: "Fix\n\n[Skip Koji]" }), "[skip koji] in the commit message"],
    [tag({ text: "[ci skip] v1" }), "[ci skip] in the commit message"],
    [mergeRequest({ text: "Fix\nDetails [SKIP CI]" }), "[skip ci] in the merge request"],
    [mergeRequest({ action: "closed" }), "merge request closed: nothing to build"],
    [mergeRequest({ action: "merged" }), "merge request merged: nothing to build"],
  ])("%#", (event, ignored) => {
    expect(planned(event, rule())).toEqual({ builds: [], trace: [], ignored });
  });

  test.each(["skip ci", "[skip]", "[skip-ci]", "[ skip ci ]", "(skip koji)"])("%s is no marker", (text) => {
    expect(planned(push({ text }), rule()).ignored).toBeNull();
  });

  test("no rules at all", () => {
    expect(planned(push())).toEqual({ builds: [], trace: [], ignored: "no rule matches" });
  });
});

describe("what is built", () => {
  test("a build as a whole", () => {
    expect(planned(push(), rule({ build: { arches: ["x86_64"] } })).builds).toEqual([
      {
        rule: "r",
        hub: "koji",
        target: "f42",
        scratch: true,
        arches: ["x86_64"],
        source: `git+https://github.com/rpms/bash.git#${SHA}`,
        context: "koji/f42/scratch",
        comments: "always",
        package: null,
        macros: [],
        strategy: "auto",
        options: {},
        optional: false,
        onExisting: "adopt",
        guard: null,
        approval: false,
      },
    ]);
  });

  const fork = mergeRequest({ fork: true, source: repo("eve/bash") });
  test.each<[what: string, event: ForgeEvent, rule: Rule, expected: object[]]>([
    ["a real build's context", push(), rule({ build: { scratch: false } }), [{ context: "koji/f42", scratch: false }]],
    [
      "one per target",
      push({ branch: "f41" }),
      rule({ build: { targets: ["{branch}-candidate", "c9s"] } }),
      [
        { target: "f41-candidate", context: "koji/f41-candidate/scratch" },
        { target: "c9s", context: "koji/c9s/scratch" },
      ],
    ],
    ["its own context", push(), rule({ build: { context: "x/{branch}/{target}" } }), [{ context: "x/main/f42" }]],
    [
      "a merge request's number",
      mergeRequest(),
      rule({ build: { context: "koji/mr{mr}" } }),
      [{ context: "koji/mr7" }],
    ],
    ["a tag", tag(), rule({ build: { context: "koji/{tag}" } }), [{ context: "koji/v1.0" }]],
    ["the fork's commit from the fork", fork, rule(), [{ source: `git+https://github.com/eve/bash.git#${SHA}` }]],
    [
      "its own source",
      fork,
      rule({ build: { source: "git+https://src.example.org/{repo}.git#{short_sha}" } }),
      [{ source: "git+https://src.example.org/rpms/bash.git#0123456" }],
    ],
    ["the rule's comments", push(), rule({ comments: "never" }), [{ comments: "never" }]],
    ["the default comments", push(), rule(), [{ comments: "always" }]],
  ])("%s", (_, event, rule, expected) => {
    expect(planned(event, rule).builds).toMatchObject(expected);
    expect(planned(event, rule).builds).toHaveLength(expected.length);
  });
});

describe("what cannot be built", () => {
  test.each<[what: string, event: ForgeEvent, rule: Rule, refused: string]>([
    [
      "a target from a hostile branch",
      push({ branch: "a b" }),
      rule({ build: { targets: ["{branch}"] } }),
      "`a b` cannot be the name of a Koji target",
    ],
    [
      "a context from a hostile branch",
      push({ branch: "a\u0007" }),
      rule({ build: { context: "{branch}" } }),
      "`a�` cannot be a status context",
    ],
    ["a placeholder without a value", tag(), rule({ build: { targets: ["{branch}"] } }), "{branch} has no value here"],
    ["an unknown placeholder", push(), rule({ build: { source: "git+https://h/{x}#1" } }), "{x} has no value here"],
    [
      "a clone URL Koji does not take",
      { ...push(), repo: { ...repo("rpms/bash"), cloneUrl: "ssh://git@host/x" } },
      rule(),
      "Koji cannot clone `ssh://git@host/x`",
    ],
  ])("%s", (_, event, rule, refused) => {
    expect(planned(event, rule)).toEqual({
      builds: [],
      trace: [{ rule: "r", matched: true, reason: null, refused: [refused] }],
      ignored: refused,
      notice: { state: "failure", text: refused },
    });
  });

  test("the other targets go on", () => {
    const result = planned(push({ branch: "a b" }), rule({ build: { targets: ["{branch}", "f42"] } }));
    expect(result.builds).toMatchObject([{ target: "f42" }]);
    expect(result.ignored).toBeNull();
    expect(result.trace[0]?.refused).toHaveLength(1);
  });
});

describe("builds that meet", () => {
  const two = (a: Parameters<typeof rule>[0], b: Parameters<typeof rule>[0], event: ForgeEvent = push()) =>
    planned(event, rule({ name: "a", ...a }), rule({ name: "b", ...b }));

  test("the same build of two rules is one, the first rule's", () => {
    const { builds, trace } = two({}, {});
    expect(builds).toMatchObject([{ rule: "a" }]);
    expect(trace.map((entry) => entry.matched)).toEqual([true, true]);
  });

  test("the order and repetition of arches mean nothing", () => {
    const { builds } = two({ build: { arches: ["a", "b"] } }, { build: { arches: ["b", "a", "b"] } });
    expect(builds).toHaveLength(1);
  });

  test("the same target from two templates is one build", () => {
    expect(two({ build: { targets: ["main", "{branch}"] } }, {}).builds.map((build) => build.target)).toEqual([
      "main",
      "f42",
    ]);
  });

  test("the usual source, written out, is the same build", () => {
    expect(two({}, { build: { source: "git+https://github.com/{repo}.git#{sha}" } }).builds).toHaveLength(1);
  });

  test("one build under two contexts is two requests with one identity", () => {
    const event = push();
    const { builds } = two({}, { build: { context: "other" } }, event);
    expect(builds.map((build) => build.context)).toEqual(["koji/f42/scratch", "other"]);
    expect(new Set(builds.map((build) => identity(build, event))).size).toBe(1);
  });

  test.each<[what: string, build: object]>([
    ["hub", { hub: "other" }],
    ["arches", { arches: ["x86_64"] }],
    ["source", { source: "git+https://src.example.org/{repo}#{sha}" }],
    ["target", { targets: ["f43"], context: "koji/f42/scratch" }],
    ["scratch", { scratch: false, context: "koji/f42/scratch" }],
  ])("another %s under the same context is a configuration error", (_, build) => {
    const { builds, ignored, trace } = two({}, { build });
    expect(builds).toEqual([]);
    expect(ignored).toBe(
      "configuration error: different builds of rules `a` and `b` would report as `koji/f42/scratch`; give each its own `context`",
    );
    expect(trace).toHaveLength(2);
  });

  test("within one rule as well", () => {
    const { ignored } = planned(push(), rule({ build: { targets: ["f42", "f43"], context: "x" } }));
    expect(ignored).toContain("rule `r`");
  });

  test("scratch and real builds have their own contexts", () => {
    expect(two({}, { build: { scratch: false } }).builds).toHaveLength(2);
  });
});

describe("identity", () => {
  const of = (event: ForgeEvent, build: object = {}) => {
    const [request] = planned(event, rule({ build })).builds;
    return identity(request!, event);
  };
  const usual = of(push());

  test.each<[what: string, event: ForgeEvent, build: object]>([
    ["a tag on the commit", tag(), {}],
    ["a merge request with the commit", mergeRequest(), {}],
    ["a fork's merge request with the commit", mergeRequest({ fork: true, source: repo("eve/bash") }), {}],
    ["another branch with the commit", push({ branch: "f42" }), {}],
    ["another context", push(), { context: "x" }],
    ["another author and message", push({ author: "bob", text: "Other" }), {}],
  ])("%s: the same build", (_, event, build) => {
    expect(of(event, build)).toBe(usual);
  });

  test.each<[what: string, event: ForgeEvent, build: object]>([
    ["another commit", push({ sha: "f".repeat(40) }), {}],
    ["another repo", push({ path: "rpms/zsh" }), {}],
    ["another hub", push(), { hub: "other" }],
    ["another target", push(), { targets: ["f43"] }],
    ["a real build", push(), { scratch: false }],
    ["fewer arches", push(), { arches: ["x86_64"] }],
    ["a source of its own", push(), { source: "git+https://src.example.org/{repo}#{sha}" }],
  ])("%s: another build", (_, event, build) => {
    expect(of(event, build)).not.toBe(usual);
  });
});

describe("whatever comes", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom("main", "f42", "rpms/bash", "../x"),
  );
  const repos = fc.record({ path: text, cloneUrl: fc.oneof(text, fc.webUrl()), webUrl: text, id: fc.nat() });
  const base = { forge: fc.constantFrom("github", "work"), repo: repos, author: text, text, sha: text };
  const events: fc.Arbitrary<ForgeEvent> = fc.oneof(
    fc.record({
      ...base,
      kind: fc.constant("push" as const),
      branch: text,
      before: fc.constant(null),
      changed: fc.constant(null),
    }),
    fc.record({ ...base, kind: fc.constant("tag" as const), tag: text }),
    fc.record({
      ...base,
      kind: fc.constant("merge_request" as const),
      mr: fc.nat(),
      action: fc.constantFrom("opened", "updated", "reopened", "ready", "closed", "merged"),
      title: text,
      branch: text,
      sourceBranch: text,
      draft: fc.boolean(),
      labels: fc.array(text),
      fork: fc.boolean(),
      source: repos,
      webUrl: text,
      opener: fc.record({ id: fc.nat(), login: fc.option(text) }),
    }),
  );
  const template = fc.constantFrom(
    "f42",
    "{branch}",
    "{tag}-x",
    "{mr}",
    "{repo}/{owner}",
    "{sha}",
    "{what}",
    "{",
    "{target}",
    "{package}",
    "{x}",
  );
  const globs = fc
    .array(fc.constantFrom("**", "*", "f*", "!main", "{a,b}*", "github:**", "/^(?<x>.*)$/", "/(?<x>\\w)(?<sha>.)?/"), {
      maxLength: 3,
    })
    .map((patterns) => compilePatterns(patterns));
  const rules: fc.Arbitrary<Rule> = fc.record({
    name: fc.constantFrom("a", "b", "c"),
    repos: globs,
    on: fc.subarray(["push", "tag", "merge_request"]),
    branches: fc.option(globs),
    tags: fc.option(globs),
    paths: fc.option(globs),
    labels: fc.option(globs),
    authors: fc.option(globs),
    titles: fc.option(globs),
    messages: fc.option(globs),
    drafts: fc.boolean(),
    forks: fc.constantFrom("approve", "scratch", "never"),
    spec: fc.option(fc.constant("SPECS/{package}.spec")),
    package: fc.option(fc.constantFrom("{package}", "packages/{package}", "a/{package}/rpm")),
    build: fc.record({
      hub: fc.constantFrom("x", "y"),
      targets: fc.array(template, { maxLength: 3 }),
      scratch: fc.boolean(),
      arches: fc.subarray(["x86_64", "aarch64"]),
      source: fc.option(template.map((part) => `git+https://h/${part}#{sha}`)),
      context: fc.option(template),
      from: fc.array(template, { maxLength: 2 }),
      unprotected: fc.boolean(),
      optional: fc.boolean(),
      macros: fc.dictionary(fc.constantFrom("dist", "ci_x", "9x"), fc.option(fc.constantFrom(".x", "%{nil}", "a\nb"))),
      strategy: fc.constant(null),
      options: fc.record({ waitRepo: fc.boolean() }, { requiredKeys: [] }),
      onExisting: fc.constantFrom("adopt", "tag"),
    }),
    comments: fc.option(fc.constantFrom("always", "on_failure", "never")),
    repoFile: fc.constant(null),
    reportSkipped: fc.boolean(),
  });

  const path = fc.oneof(
    text,
    fc
      .tuple(
        fc.constantFrom("packages/", "", "a/"),
        fc.oneof(text, fc.constantFrom("foo", "a b", "..")),
        fc.constantFrom("/x", "/rpm/y"),
      )
      .map((parts) => parts.join("")),
  );
  const paths = fc.option(fc.array(path, { maxLength: 4 }));

  test("plan answers, always the same, and keeps its promises", () => {
    fc.assert(
      fc.property(events, fc.array(rules, { maxLength: 5 }), paths, (event, rules, paths) => {
        const result = plan(event, rules, REPORTS, paths);
        expect(plan(structuredClone(event), rules, REPORTS, structuredClone(paths))).toEqual(result);
        for (const { needsPaths } of result.trace) expect(needsPaths !== true || paths === null).toBe(true);
        expect(result.builds.length === 0).toBe(result.ignored !== null);
        if (event.kind === "merge_request") expect(result.builds.every((build) => build.scratch)).toBe(true);
        const contexts = result.builds.map((build) => build.context);
        expect(new Set(contexts).size).toBe(contexts.length);
        for (const build of result.builds) {
          expect(build.target).toMatch(/^[A-Za-z0-9/_.+-]{1,256}$/);
          expect(build.source).toMatch(/^git\+https?:\/\//);
          const [, folder] = /\?([^#]*)#/.exec(build.source) ?? [];
          expect(folder ?? "x").toMatch(/^(?:packages\/|a\/)?[A-Za-z0-9_+][A-Za-z0-9._+-]*(?:\/rpm)?$/);
          expect(build.context).not.toMatch(/\p{C}/u);
          for (const { name, value } of build.macros) expect(macroProblem(name, value, true)).toBeNull();
        }
      }),
      { numRuns: 2000 },
    );
  });
});
