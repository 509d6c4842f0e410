import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRepoFile } from "../../src/config/repo-file.ts";
import type { ForgeEvent } from "../../src/domain/event.ts";
import { compilePatterns } from "../../src/domain/pattern.ts";
import { plan, type Rule } from "../../src/domain/rules.ts";
import { mergeRequest, push, rule, tag } from "./rules-events.ts";

/** What people who may not push can choose: everything a merge request says of itself, and what its own file says. */
const word = fc.oneof(
  fc.constantFrom("koji:real", "scratch: false", "{branch}", "[build real]", "f99", "%(id)", "../x", "main", "v1", "*"),
  fc.string({ maxLength: 12 }),
);
const mr = fc
  .record({
    title: word,
    text: word,
    labels: fc.array(word, { maxLength: 4 }),
    author: word,
    sourceBranch: word,
    branch: fc.constantFrom("main", "f42", "rel/1"),
    draft: fc.boolean(),
    fork: fc.boolean(),
  })
  .map((but): ForgeEvent => mergeRequest(but));

const line = fc.oneof(
  fc.constantFrom(
    "targets: f99",
    "targets: [f42, f99]",
    "scratch: false",
    "arches: [x86_64]",
    "macros: { dist: .x, vendor: me }",
    'macros: { dist: "%(id)" }',
    "with: [real]",
    "macro_strategy: tag",
    "rules: [{ name: x, on: merge_request, build: { scratch: false } }]",
    "repo_file: { allow: true, real_builds: true }",
  ),
  word,
);
const file = fc.option(fc.array(line, { maxLength: 4 }).map((lines) => lines.join("\n")));

const patterns = fc.option(fc.constantFrom(["*"], ["f*"], ["dist"]).map((list) => compilePatterns(list)));
const limits = fc.option(
  fc.record({ targets: patterns, macros: patterns, conditions: patterns, realBuilds: fc.boolean() }),
);
const rules = fc.array(
  fc
    .record({
      on: fc.subarray(["push", "tag", "merge_request"] as const, { minLength: 1 }),
      drafts: fc.boolean(),
      repoFile: limits,
      build: fc.record({
        scratch: fc.boolean(),
        unprotected: fc.boolean(),
        targets: fc.constantFrom(["f42"], ["{branch}", "f42"], ["{sha}"]),
      }),
    })
    .map((but) => but),
  { maxLength: 4 },
);

function planned(event: ForgeEvent, buts: readonly Parameters<typeof rule>[0][], text: string | null) {
  const all: Rule[] = buts.map((but, i) => rule({ name: `r${i}`, ...but }));
  const parsed = text === null ? null : parseRepoFile(text);
  return { all, outcome: plan(event, all, { comments: "always" }, ["a"], parsed?.ok ? parsed.file : null) };
}

describe("untrusted input", () => {
  it("never yields a real build", () => {
    let builds = 0;
    fc.assert(
      fc.property(mr, rules, file, (event, buts, text) => {
        const { outcome } = planned(event, buts, text);
        builds += outcome.builds.length;
        for (const build of outcome.builds) expect(build).toMatchObject({ scratch: true, guard: null });
      }),
      { numRuns: 3000 },
    );
    expect(builds).toBeGreaterThan(200);
  });

  it("never changes what a real build is, unless the operator lets it: no target, arch, macro or guard", () => {
    let real = 0;
    fc.assert(
      fc.property(fc.constantFrom<ForgeEvent>(push(), tag()), rules, file, (event, buts, text) => {
        const closed = buts.map((but) => ({
          ...but,
          repoFile: but.repoFile && { ...but.repoFile, realBuilds: false },
        }));
        const { outcome } = planned(event, closed, text);
        const without = planned(event, closed, null).outcome.builds.map((build) => JSON.stringify(build));
        for (const build of outcome.builds.filter(({ scratch }) => !scratch)) {
          real += 1;
          expect(without).toContain(JSON.stringify(build));
        }
      }),
      { numRuns: 3000 },
    );
    expect(real).toBeGreaterThan(200);
  });

  it("a real build always says where its commit has to be, and what asked for it", () => {
    let real = 0;
    fc.assert(
      fc.property(
        fc.constantFrom<ForgeEvent>(push(), tag(), push({ branch: "a b" })),
        rules,
        file,
        (event, buts, text) => {
          const { all, outcome } = planned(event, buts, text);
          for (const build of outcome.builds.filter(({ scratch }) => !scratch)) {
            real += 1;
            const name = event.kind === "tag" ? event.tag : event.kind === "push" ? event.branch : "";
            const origin = all.find((one) => one.name === build.rule);
            expect(origin?.build.scratch).toBe(false);
            expect(build.guard).toMatchObject({
              kind: event.kind === "tag" ? "tag" : "branch",
              name,
              unprotected: origin?.build.unprotected,
            });
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(real).toBeGreaterThan(200);
  });

  it("a repo's own file never sets what its operator did not name", () => {
    fc.assert(
      fc.property(fc.oneof(mr, fc.constant<ForgeEvent>(push())), rules, file, (event, buts, text) => {
        const { all, outcome } = planned(event, buts, text);
        for (const build of outcome.builds) {
          const limits = all.find((one) => one.name === build.rule)?.repoFile;
          for (const { name, value, layer } of build.macros.filter(({ layer }) => layer === "repo_file")) {
            const allowed = name.startsWith("_with")
              ? limits?.conditions?.matches("real")
              : limits?.macros?.matches(name);
            expect(allowed, `${layer} ${name}`).toBe(true);
            expect(value ?? "").not.toMatch(/%\(/);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
