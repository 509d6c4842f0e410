import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { COMMANDS, parseCommands } from "../../src/domain/commands.ts";

const BUILD = { kind: "build", targets: [], arches: [], macros: {}, real: false };

describe("commands of a comment", () => {
  test.each<[text: string, expected: object[]]>([
    ["/koji build", [BUILD]],
    ["/koji", [{ kind: "help" }]],
    ["/koji help", [{ kind: "help" }]],
    ["/koji status", [{ kind: "status" }]],
    ["/koji BUILD f42-candidate c9s", [{ ...BUILD, targets: ["f42-candidate", "c9s"] }]],
    ["/koji build arch=x86_64,aarch64 arch=s390x", [{ ...BUILD, arches: ["x86_64", "aarch64", "s390x"] }]],
    [
      "/koji build f42 dist=.an8 _with_tests=1",
      [{ ...BUILD, targets: ["f42"], macros: { dist: ".an8", _with_tests: "1" } }],
    ],
    ["/koji build debug_package=%{nil}", [{ ...BUILD, macros: { debug_package: "%{nil}" } }]],
    ["/koji build --real", [{ ...BUILD, real: true }]],
    ["/koji retry", [{ kind: "retry", which: "failed" }]],
    ["/koji retry all", [{ kind: "retry", which: "all" }]],
    ["/koji cancel", [{ kind: "cancel", target: null }]],
    ["/koji cancel f42-candidate", [{ kind: "cancel", target: "f42-candidate" }]],
    ["/koji approve", [{ kind: "approve", all: false, sha: null }]],
    ["/koji approve --all", [{ kind: "approve", all: true, sha: null }]],
    ["/koji approve 0123ABCdef45", [{ kind: "approve", all: false, sha: "0123abcdef45" }]],
    ["Looks good.\n\n  /koji approve  \r\nThanks!", [{ kind: "approve", all: false, sha: null }]],
    ["/koji retry\n/koji status", [{ kind: "retry", which: "failed" }, { kind: "status" }]],
    [`${"/koji status\n".repeat(9)}`, Array.from({ length: 5 }, () => ({ kind: "status" }))],
    ["> quoted\n\n/koji status", [{ kind: "status" }]],
    ["```\ncode\n```\n/koji status", [{ kind: "status" }]],
    ["<!-- a remark -->\n/koji status", [{ kind: "status" }]],
  ])("%j", (text, expected) => {
    expect(parseCommands(text)).toEqual(expected);
  });

  test.each([
    "",
    "see /koji build",
    "> /koji build",
    ">/koji build",
    "    /koji build",
    "\t/koji build",
    "- /koji build",
    "`/koji build`",
    "```\n/koji build\n```",
    "~~~ text\n/koji build\n~~~",
    "````\n```\n/koji build\n```\n````",
    "```\n/koji build",
    "<!--\n/koji build\n-->",
    "/kojibridge build",
    "/koji-build",
    "koji build",
  ])("%j is none", (text) => {
    expect(parseCommands(text)).toEqual([]);
  });

  test.each<[text: string, problem: RegExp]>([
    ["/koji biuld f42", /no command `biuld`; did you mean `\/koji build /],
    ["/koji frobnicate", /did you mean `\/koji help`/],
    ["/koji retry everything", /`everything` is not understood here; write `\/koji retry \[failed\|all\]`/],
    ["/koji cancel a b", /`b` is not understood/],
    ["/koji approve me", /`me` is not understood/],
    ["/koji approve 0123456 89abcdef", /`89abcdef` is not understood/],
    ["/koji build --scratch", /`--scratch` is not understood/],
    ["/koji build arch=X86;rm", /is not understood/],
    ["/koji build ../x$y", /is not understood/],
    ["/koji build dist=%(id)", /only %\{name\}/],
    ["/koji build 1x=2", /the name of a macro/],
    ["/koji build --real arch=x86_64", /A real build has every arch/],
    ["/koji status now", /`now` is not understood/],
  ])("%j is answered", (text, problem) => {
    expect(parseCommands(text)).toEqual([{ problem: expect.stringMatching(problem) }]);
  });

  it("understands its own usage lines, without what is optional", () => {
    for (const usage of Object.values(COMMANDS))
      expect(parseCommands(usage.replaceAll(/ \[[^\]]*\]/g, ""))).toEqual([
        expect.objectContaining({ kind: expect.any(String) }),
      ]);
  });

  it("never throws, whatever is written, and asks for few things", () => {
    const part = fc.oneof(
      fc.constantFrom("/koji ", "build", "```", "\n", "> ", "<!--", "-->", "=", "--real", "`"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(parseCommands(parts.join("")).length).toBeLessThanOrEqual(5);
      }),
    );
  });
});
