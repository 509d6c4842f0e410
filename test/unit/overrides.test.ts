import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MACRO_LAYERS } from "../../src/domain/build.ts";
import { type Macros, macroProblem } from "../../src/domain/macros.ts";
import { effectiveMacros, type LayerMacros } from "../../src/domain/overrides.ts";
import { compilePatterns } from "../../src/domain/pattern.ts";
import { identity, plan, type RepoEntry } from "../../src/domain/rules.ts";
import { mergeRequest, push, type RuleBut, rule } from "./rules-events.ts";

const layer = (name: LayerMacros["layer"], macros: Macros, allowed?: string[]): LayerMacros => ({
  layer: name,
  macros,
  allowed: allowed === undefined ? null : compilePatterns(allowed),
});

/** `name=value@layer`, null as `-`. */
const shown = (layers: readonly LayerMacros[]) =>
  effectiveMacros(layers).macros.map(({ name, value, layer }) => `${name}=${value ?? "-"}@${layer}`);

describe("which layer counts", () => {
  test.each<[what: string, layers: LayerMacros[], macros: string[]]>([
    ["nobody says anything", [], []],
    ["one layer", [layer("rule", { dist: ".an8" })], ["dist=.an8@rule"]],
    ["sorted by name", [layer("rule", { zeta: "1", alpha: "2" })], ["alpha=2@rule", "zeta=1@rule"]],
    ["the rule over the repo entry", [layer("repo", { dist: ".a" }), layer("rule", { dist: ".b" })], ["dist=.b@rule"]],
    ["in whatever order", [layer("rule", { dist: ".b" }), layer("repo", { dist: ".a" })], ["dist=.b@rule"]],
    ["the later repo entry", [layer("repo", { dist: ".a" }), layer("repo", { dist: ".b" })], ["dist=.b@repo"]],
    [
      "the repo file over the rule",
      [layer("rule", { dist: ".a" }), layer("repo_file", { dist: ".b" })],
      ["dist=.b@repo_file"],
    ],
    ["the command over all", MACRO_LAYERS.map((name) => layer(name, { dist: `.${name}` })), ["dist=.command@command"]],
    ["each its own", [layer("repo", { one: "1" }), layer("rule", { two: "2" })], ["one=1@repo", "two=2@rule"]],
    ["null takes away a lower one", [layer("repo", { dist: ".a" }), layer("rule", { dist: null })], ["dist=-@rule"]],
    ["and is set again above", [layer("rule", { dist: null }), layer("command", { dist: ".c" })], ["dist=.c@command"]],
    [
      "what is allowed",
      [layer("repo_file", { dist: ".a", ci_x: "1" }, ["dist", "ci_*"])],
      ["ci_x=1@repo_file", "dist=.a@repo_file"],
    ],
  ])("%s", (_, layers, macros) => {
    expect(shown(layers)).toEqual(macros);
    expect(effectiveMacros(layers).problems).toEqual([]);
  });
});

describe("what a layer may not say", () => {
  const refuses = "`.kojibridge.yaml` may not set %evil; the operator of kojibridge allows there:";
  test.each<[what: string, layers: LayerMacros[], macros: string[], problem: string]>([
    ["a name that is not allowed", [layer("repo_file", { evil: "1" }, ["dist"])], [], `${refuses} dist`],
    ["an excluded one", [layer("repo_file", { evil: "1" }, ["*", "!evil"])], [], `${refuses} * !evil`],
    [
      "taking it away",
      [layer("rule", { evil: "1" }), layer("repo_file", { evil: null }, ["dist"])],
      ["evil=1@rule"],
      `${refuses} dist`,
    ],
    [
      "the good one stays",
      [layer("repo_file", { evil: "1", dist: ".a" }, ["dist"])],
      ["dist=.a@repo_file"],
      `${refuses} dist`,
    ],
    [
      "a shell in a repo's file",
      [layer("repo_file", { dist: "%(id)" })],
      [],
      "`.kojibridge.yaml`: macro dist: besides text, only %{name}, %{?name} and %{!?name} may be in this value",
    ],
    [
      "lua in a command",
      [layer("command", { dist: "%{lua:os.exit()}" })],
      [],
      "the command: macro dist: besides text, only %{name}, %{?name} and %{!?name} may be in this value",
    ],
    [
      "a name that is none",
      [layer("rule", { "a\nb": "1" })],
      [],
      "the rule: macro a\\nb: the name of a macro has three or more letters, digits and _, and no digit first",
    ],
  ])("%s", (_, layers, macros, problem) => {
    expect(shown(layers)).toEqual(macros);
    expect(effectiveMacros(layers).problems).toEqual([problem]);
  });

  test("the operator may run code", () => {
    expect(shown([layer("rule", { dist: "%(date +.%%Y)" })])).toEqual(["dist=%(date +.%%Y)@rule"]);
  });

  test("a build never gets a macro that its layer may not set, and every macro was said", () => {
    const names = fc.constantFrom("dist", "with_x", "_with_tests", "ci_run", "evil", "9x", "echo", "__proto__");
    const value = fc.option(
      fc.oneof(fc.constantFrom(".an8", "%{nil}", "%(id)", "%{lua:x}", "a\nb", "%%(id)"), fc.string()),
    );
    const globs = fc.option(fc.array(fc.constantFrom("dist", "ci_*", "*", "!evil", "_with_*"), { minLength: 1 }));
    const layers = fc.array(
      fc.record({ layer: fc.constantFrom(...MACRO_LAYERS), macros: fc.dictionary(names, value), globs }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(layers, (drawn) => {
        const all = drawn.map(({ layer: name, macros, globs }) => layer(name, macros, globs ?? undefined));
        for (const { name, value, layer } of effectiveMacros(all).macros) {
          const trusted = layer === "repo" || layer === "rule";
          expect(macroProblem(name, value, trusted)).toBeNull();
          const speakers = all.filter((one) => one.layer === layer && Object.hasOwn(one.macros, name));
          const may = speakers.filter((one) => one.allowed === null || one.allowed.matches(name));
          expect(may.map((one) => one.macros[name])).toContain(value);
          const above = all.filter((one) => MACRO_LAYERS.indexOf(one.layer) > MACRO_LAYERS.indexOf(layer));
          for (const one of above) {
            if (!Object.hasOwn(one.macros, name)) continue;
            const refused = macroProblem(name, one.macros[name] ?? null, ["repo", "rule"].includes(one.layer)) !== null;
            expect(refused || one.allowed?.matches(name) === false).toBe(true);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("in a plan", () => {
  const entry = (match: string, macros: Macros, strategy: RepoEntry["strategy"] = null): RepoEntry => ({
    match: compilePatterns([match]),
    macros,
    strategy,
  });
  const planned = (build: RuleBut["build"], repos: RepoEntry[] = [], event = push()) =>
    plan(event, [rule(build === undefined ? {} : { build })], { comments: "always", repos });

  test.each<[what: string, build: RuleBut["build"], repos: RepoEntry[], macros: string[], strategy: string]>([
    ["none", {}, [], [], "auto"],
    ["the rule's", { macros: { dist: ".a" } }, [], ["dist=.a@rule"], "auto"],
    ["the repo's", {}, [entry("github:rpms/bash", { dist: ".a" }, "tag")], ["dist=.a@repo"], "tag"],
    ["another repo's", {}, [entry("github:rpms/zsh", { dist: ".a" }, "tag")], [], "auto"],
    [
      "both",
      { macros: { dist: ".r" }, strategy: "side_tag" },
      [entry("github:**", { dist: ".a", ci_x: "1" }, "tag")],
      ["ci_x=1@repo", "dist=.r@rule"],
      "side_tag",
    ],
    [
      "the later entry",
      {},
      [entry("github:**", { dist: ".a" }, "tag"), entry("github:rpms/*", { dist: ".b" })],
      ["dist=.b@repo"],
      "tag",
    ],
  ])("%s", (_, build, repos, macros, strategy) => {
    const [request] = planned(build, repos).builds;
    expect(request?.macros.map(({ name, value, layer }) => `${name}=${value}@${layer}`)).toEqual(macros);
    expect(request?.strategy).toBe(strategy);
  });

  test("a macro nobody may set refuses the build", () => {
    const { builds, trace, ignored } = planned({ macros: { "9x": "1" } });
    expect(builds).toEqual([]);
    expect(trace[0]?.refused).toEqual([expect.stringContaining("the rule: macro 9x: the name of a macro")]);
    expect(ignored).toBe(trace[0]?.refused[0]);
  });

  test("other macros or options make another build, the layer does not", () => {
    const id = (build: RuleBut["build"], repos: RepoEntry[] = []) => {
      const [request] = planned(build, repos).builds;
      return request === undefined ? null : identity(request, push());
    };
    const plain = id({});
    expect(id({ macros: { dist: ".a" } })).not.toBe(plain);
    expect(id({ macros: { dist: ".b" } })).not.toBe(id({ macros: { dist: ".a" } }));
    expect(id({ macros: { dist: ".a" } })).toBe(id({}, [entry("github:**", { dist: ".a" })]));
    expect(id({ options: { waitRepo: true } })).not.toBe(plain);
    expect(id({ options: { waitRepo: true, failFast: true } })).toBe(
      id({ options: { failFast: true, waitRepo: true } }),
    );
    expect(plain).toHaveLength(
      JSON.stringify(["github", "rpms/bash", push().sha, "koji", "f42", true, [], null]).length,
    );
  });

  test("a merge request gets them as well", () => {
    const [request] = planned({ macros: { dist: ".a" } }, [], mergeRequest() as never).builds;
    expect(request?.macros).toEqual([{ name: "dist", value: ".a", layer: "rule" }]);
  });
});
