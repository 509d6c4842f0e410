import { describe, expect, test } from "vitest";
import type { MacroOverride, MacroStrategy } from "../../src/domain/build.ts";
import { type Choice, chooseCarrier, matchesFnmatch } from "../../src/domain/carrier.ts";
import { planTag, type TagMacros, untouched } from "../../src/domain/tag-macros.ts";
import { type HubRights, packageProblem, type TargetFacts, targetProblem } from "../../src/domain/target.ts";

const TARGET: TargetFacts = {
  name: "f42-candidate",
  buildTag: "f42-build",
  destTag: "f42-updates-candidate",
  destLocked: false,
  arches: ["x86_64", "aarch64"],
  macros: { dist: ".fc42", vendor_tag: "x" },
  ownMacros: ["dist"],
  sideTagMacros: ["dist", "with_*"],
};
const RIGHTS: HubRights = { sideTags: "with_macros", user: "kojibridge", permissions: [] };

interface Case {
  readonly strategy?: MacroStrategy;
  readonly macros?: Readonly<Record<string, string | null>>;
  readonly target?: Partial<TargetFacts>;
  readonly rights?: Partial<HubRights>;
  readonly reserved?: boolean;
}

function choose({ strategy = "auto", macros = { dist: ".an8" }, target, rights, reserved = false }: Case): Choice {
  const list = Object.entries(macros).map(([name, value]): MacroOverride => ({ name, value, layer: "rule" }));
  const all = { target: { ...TARGET, ...target }, rights: { ...RIGHTS, ...rights } };
  return chooseCarrier({ strategy, macros: list, reserved, ...all });
}

describe("what carries the macros", () => {
  const AN8 = { set: { dist: ".an8" }, remove: [] };
  test.each<[what: string, given: Case, choice: Choice]>([
    ["a side tag first", {}, { how: "side_tag", ...AN8 }],
    [
      "also where the target is reserved",
      { reserved: true, rights: { permissions: ["tag"] } },
      { how: "side_tag", ...AN8 },
    ],
    ["a side tag, asked for", { strategy: "side_tag" }, { how: "side_tag", ...AN8 }],
    ["the tag, asked for", { strategy: "tag", rights: { permissions: ["tag"] } }, { how: "tag", ...AN8 }],
    ["the tag, by an administrator", { strategy: "tag", rights: { permissions: ["admin"] } }, { how: "tag", ...AN8 }],
    [
      "the tag, where no side tag will do",
      { reserved: true, rights: { sideTags: "none", permissions: ["tag"] } },
      { how: "tag", ...AN8 },
    ],
    [
      "the tag, for a macro side tags may not set",
      { macros: { other: "1" }, reserved: true, rights: { permissions: ["tag"] } },
      { how: "tag", set: { other: "1" }, remove: [] },
    ],
    [
      "the tag, for one to take away",
      { macros: { dist: null }, reserved: true, rights: { permissions: ["tag"] } },
      { how: "tag", set: {}, remove: ["dist"] },
    ],
    ["nothing to take away", { macros: { unknown: null } }, { how: "plain" }],
    ["a null beside", { macros: { dist: ".an8", unknown: null } }, { how: "side_tag", ...AN8 }],
    ["by a glob", { macros: { with_tests: "1" } }, { how: "side_tag", set: { with_tests: "1" }, remove: [] }],
  ])("%s", (_, given, choice) => {
    expect(choose(given)).toEqual(choice);
  });

  const byTag = "by the build tag: f42-candidate is not in `reserved_targets` of the hub";
  const admin = "an administrator of the hub can change `sidetag_rpm_macros_allowed` of f42-build";
  const auto = "the macros cannot get into the build; by side tag:";
  test.each<[what: string, given: Case, reason: string]>([
    [
      "no plugin",
      { rights: { sideTags: "none" } },
      `${auto} the hub has no side tag plugin; its administrators can switch it on; ${byTag}`,
    ],
    [
      "an old plugin",
      { rights: { sideTags: "without_macros" } },
      `${auto} the hub is too old, side tags have macros since Koji 1.33; ${byTag}`,
    ],
    [
      "a parent that allows none",
      { target: { sideTagMacros: [] } },
      `${auto} f42-build lets its side tags set no macros; ${admin}; ${byTag}`,
    ],
    [
      "a macro not allowed",
      { macros: { dist: ".a", evil: "1", more: "2" } },
      `${auto} f42-build allows dist with_*, not %evil, %more; ${admin}; ${byTag}`,
    ],
    [
      "one to take away",
      { macros: { dist: null } },
      `${auto} %dist of f42-build can be set anew there, but not taken away; ${byTag}`,
    ],
    [
      "reserved, but no permission",
      { reserved: true, target: { sideTagMacros: [] } },
      `${auto} f42-build lets its side tags set no macros; ${admin}; by the build tag: kojibridge lacks the permission \`tag\`; an administrator of the hub can grant it`,
    ],
    [
      "a side tag, asked for",
      { strategy: "side_tag", reserved: true, rights: { sideTags: "none", permissions: ["tag"] } },
      "no side tag can carry the macros: the hub has no side tag plugin; its administrators can switch it on",
    ],
    [
      "the tag, asked for",
      { strategy: "tag" },
      "the build tag cannot carry the macros: kojibridge lacks the permission `tag`; an administrator of the hub can grant it",
    ],
    [
      "the tag, an inherited macro to take away",
      { strategy: "tag", macros: { vendor_tag: null }, rights: { permissions: ["tag"] } },
      "the build tag cannot carry the macros: %vendor_tag is inherited by f42-build; give it a value instead",
    ],
    [
      "srpm",
      { strategy: "srpm" },
      "`macro_strategy: srpm` is for `kojibridge build` in CI, which makes the SRPM; here say `auto`",
    ],
  ])("refused: %s", (_, given, reason) => {
    expect(choose(given)).toEqual({ how: "refused", reason });
  });

  test.each<[name: string, pattern: string, matches: boolean]>([
    ["dist", "dist", true],
    ["dist", "Dist", false],
    ["with_x", "with_*", true],
    ["with_", "with_*", true],
    ["_with_x", "with_*", false],
    ["abc", "a?c", true],
    ["abc", "a[bx]c", true],
    ["abc", "a[!b]c", false],
    ["a.c", "a.c", true],
    ["abc", "a.c", false],
    ["abc", "*", true],
    ["abc", "[", false],
    ["dist", "dis", false],
  ])("%s is in %s: %s", (name, pattern, matches) => {
    expect(matchesFnmatch(name, pattern)).toBe(matches);
  });
});

describe("what the hub would refuse", () => {
  const wish = { target: "f42-candidate", scratch: true, arches: [], options: {} };
  const real = { ...wish, scratch: false };
  const askAdmins = "; ask the hub's administrators, or build for another target";
  test.each<
    [what: string, wish: typeof wish & { options: object }, facts: Partial<TargetFacts> | null, problem: string | null]
  >([
    ["nothing", wish, {}, null],
    [
      "no target",
      wish,
      null,
      "the hub has no target f42-candidate; correct `target` in the rule, or have it created there",
    ],
    ["a locked destination, scratch", wish, { destLocked: true }, null],
    [
      "a locked destination",
      real,
      { destLocked: true },
      `the destination tag f42-updates-candidate of f42-candidate is locked${askAdmins}`,
    ],
    ["a locked destination, not tagged", { ...real, options: { skipTag: true } }, { destLocked: true }, null],
    [
      "no destination",
      real,
      { destLocked: null },
      `the destination tag f42-updates-candidate of f42-candidate does not exist any more${askAdmins}`,
    ],
    [
      "no arches",
      wish,
      { arches: [] },
      "the build tag f42-build has no architectures: its administrators have to set them before anything can be built",
    ],
    [
      "other arches",
      { ...wish, arches: ["s390x"] as never },
      {},
      "f42-build has x86_64 aarch64, none of the rule's s390x; change `arches` in the rule",
    ],
    ["one of them", { ...wish, arches: ["s390x", "x86_64"] as never }, {}, null],
    ["another name of it", { ...wish, arches: ["ia32e"] as never }, {}, null],
    ["noarch", { ...wish, arches: ["noarch"] as never }, {}, null],
  ])("%s", (_, wish, facts, problem) => {
    expect(targetProblem(wish, facts && { ...TARGET, ...facts })).toBe(problem);
  });

  test.each([
    [{ blocked: false, tag: "f42" }, null],
    [
      { blocked: true, tag: "f42" },
      "package hello is blocked in f42; its administrators can lift that: koji unblock-pkg f42 hello",
    ],
    [
      null,
      "package hello is not in the list of f42-updates-candidate; have it added: koji add-pkg --owner=USER f42-updates-candidate hello",
    ],
  ])("the package list: %o", (entry, problem) => {
    expect(packageProblem("hello", TARGET, entry)).toBe(problem);
  });
});

describe("the macros of a build tag", () => {
  const none: TagMacros = untouched("koji", "f42-build");
  const held = (value: unknown) => ({ value });
  const ours: TagMacros = {
    ...none,
    revision: 3,
    saved: { dist: held(".fc42"), ci_x: null },
    confirmed: { dist: held(".an8"), ci_x: held("1") },
    wanted: { dist: held(".an8"), ci_x: held("1") },
  };
  const SET = { set: { dist: ".an8", ci_x: "1" }, remove: [] };

  test("the first edit keeps what was there", () => {
    expect(planTag(none, { dist: ".fc42", flag: true }, SET)).toEqual({
      saved: ours.saved,
      wanted: ours.wanted,
      moves: true,
      edit: { set: { dist: ".an8", ci_x: "1" }, remove: [] },
    });
  });

  test.each<
    [
      what: string,
      own: Record<string, unknown>,
      set: Record<string, string>,
      remove: string[],
      moves: boolean,
      edit: object,
    ]
  >([
    ["the same again", { dist: ".an8", ci_x: "1" }, SET.set, [], false, { set: {}, remove: [] }],
    ["an edit that never arrived", { dist: ".fc42" }, SET.set, [], false, { set: SET.set, remove: [] }],
    [
      "other values",
      { dist: ".an8", ci_x: "1" },
      { dist: ".b", ci_x: "1" },
      [],
      true,
      { set: { dist: ".b" }, remove: [] },
    ],
    ["no macros: as it was", { dist: ".an8", ci_x: "1" }, {}, [], true, { set: { dist: ".fc42" }, remove: ["ci_x"] }],
    ["one taken away", { dist: ".an8", ci_x: "1" }, { ci_x: "1" }, ["dist"], true, { set: {}, remove: ["dist"] }],
    ["put back by hand", { dist: ".fc42" }, {}, [], true, { set: {}, remove: [] }],
  ])("%s", (_, own, set, remove, moves, edit) => {
    expect(planTag(ours, own, { set, remove })).toMatchObject({ saved: ours.saved, moves, edit });
  });

  test("values keep their kind when they are put back", () => {
    const record = { ...ours, saved: { dist: held(7), ci_x: held(null) } };
    const plan = planTag(record, { dist: ".an8", ci_x: "1" }, { set: {}, remove: [] });
    expect(plan).toMatchObject({ edit: { set: { dist: 7, ci_x: null }, remove: [] } });
  });

  test.each<[own: Record<string, unknown>, foreign: string]>([
    [
      { dist: ".x", ci_x: "1" },
      "somebody else changed %dist of f42-build from .an8 to .x; put it back to that or to .fc42, and ask for the build again",
    ],
    [
      { ci_x: "1" },
      "somebody else changed %dist of f42-build from .an8 to unset; put it back to that or to .fc42, and ask for the build again",
    ],
    [
      { dist: ".an8", ci_x: "2" },
      "somebody else changed %ci_x of f42-build from 1 to 2; put it back to that or to unset, and ask for the build again",
    ],
  ])("somebody else was there: %o", (own, foreign) => {
    expect(planTag(ours, own, SET)).toEqual({ foreign });
  });
});
