import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { Build, Phase } from "../../src/domain/build.ts";
import { type Notice, type Part, toSummary } from "../../src/domain/summary.ts";
import { aBuild } from "../contract/store.contract.ts";

const webUrl = () => "https://koji.example.org/koji";
const PHASES: readonly Phase[] = [
  "queued",
  "preparing",
  "submitting",
  "running",
  "succeeded",
  "failed",
  "canceled",
  "superseded",
  "expired",
];

/** `failed?` is an optional one; each builds on a target of its own, `t1`, `t2`, … */
function parts(words: string): Part[] {
  return words
    .split(" ")
    .filter(Boolean)
    .map((word, i) => {
      const held = word.startsWith("held");
      const phase = held ? "queued" : PHASES.find((name) => name === word.replace("?", ""));
      if (phase === undefined) throw new Error(word);
      const task = { id: 100 + i, state: "OPEN" as const, startedAt: null, finishedAt: null, children: [] };
      const request = { ...aBuild().request, target: `t${i + 1}` };
      const build: Build = aBuild({ id: `b${i}`, phase, request, task, hold: held ? { reason: "approval" } : null });
      return { build, optional: word.endsWith("?") };
    });
}

const MISTAKE: Notice = { state: "failure", text: ".kojibridge.yaml:3:5: no" };
const SKIPPED: Notice = { state: "success", text: "nothing to build: draft" };

describe("the summary", () => {
  test.each<[phases: string, state: string, description: string]>([
    ["queued", "pending", "1 waiting"],
    ["preparing", "pending", "1 waiting"],
    ["submitting", "pending", "1 waiting"],
    ["held", "pending", "1 waiting for approval"],
    ["held queued", "pending", "1 waiting for approval, 1 waiting"],
    ["running", "running", "1 building"],
    ["running queued", "running", "1 waiting, 1 building"],
    ["succeeded running", "running", "1 building, 1 built"],
    ["succeeded queued", "pending", "1 waiting, 1 built"],
    ["succeeded", "success", "1 built"],
    ["succeeded succeeded succeeded", "success", "3 built"],
    ["failed", "failure", "failed: t1"],
    ["failed succeeded", "failure", "failed: t1; 1 built"],
    ["succeeded failed running queued", "failure", "failed: t2; 1 waiting, 1 building, 1 built"],
    ["failed failed failed failed failed", "failure", "failed: t1, t2, t3 and 2 more"],
    ["canceled", "canceled", "canceled: t1"],
    ["superseded", "canceled", "canceled: t1"],
    ["superseded succeeded", "canceled", "canceled: t1; 1 built"],
    ["canceled running", "running", "canceled: t1; 1 building"],
    ["canceled failed", "failure", "failed: t2; canceled: t1"],
    ["expired", "error", "lost: t1"],
    ["expired failed", "failure", "failed: t2; lost: t1"],
    ["expired running", "error", "lost: t1; 1 building"],
    ["succeeded failed?", "success", "1 built; optional: failed: t2"],
    ["succeeded running?", "success", "1 built; optional: 1 building"],
    ["succeeded expired?", "success", "1 built; optional: lost: t2"],
    ["succeeded canceled?", "success", "1 built; optional: canceled: t2"],
    ["running failed?", "running", "1 building; optional: failed: t2"],
    ["failed failed?", "failure", "failed: t1; optional: failed: t2"],
    ["failed?", "success", "optional: failed: t1"],
    ["queued?", "success", "optional: 1 waiting"],
    ["", "success", "nothing to build"],
  ])("of %s is %s: %s", (phases, state, description) => {
    expect(toSummary("koji", { parts: parts(phases), notices: [] }, webUrl)).toMatchObject({
      context: "koji",
      state,
      description,
    });
  });

  test.each<[what: string, phases: string, notices: readonly Notice[], state: string, description: string]>([
    ["a mistake", "", [MISTAKE], "failure", MISTAKE.text],
    ["a mistake while all is well", "succeeded", [MISTAKE], "failure", MISTAKE.text],
    ["a mistake beside a failure", "failed", [SKIPPED, MISTAKE], "failure", MISTAKE.text],
    ["nothing to build", "", [SKIPPED], "success", SKIPPED.text],
    ["nothing to build here, but there", "running", [SKIPPED], "running", "1 building"],
    ["nothing to build here, but there in vain", "failed", [SKIPPED], "failure", "failed: t1"],
  ])("says %s", (_, phases, notices, state, description) => {
    expect(toSummary("koji", { parts: parts(phases), notices }, webUrl)).toMatchObject({ state, description });
  });

  test.each<[phases: string, task: number | null]>([
    ["running", 100],
    ["running running", null],
    ["succeeded failed", 101],
    ["succeeded failed?", null],
    ["failed?", 100],
    ["", null],
  ])("of %s leads to task %s", (phases, task) => {
    const url = task === null ? null : `${webUrl()}/taskinfo?taskID=${task}`;
    expect(toSummary("koji", { parts: parts(phases), notices: [] }, webUrl).targetUrl).toBe(url);
  });

  it("names the package where there are several", () => {
    const [part] = parts("failed");
    if (part === undefined) throw new Error("no part");
    const request = { ...part.build.request, package: "bash" };
    const whole = { parts: [{ ...part, build: { ...part.build, request } }], notices: [] };
    expect(toSummary("koji", whole, webUrl).description).toBe("failed: bash/t1");
  });

  it("whatever optional builds do, the state is that of the others", () => {
    const words = fc.array(fc.constantFrom(...PHASES, "held"), { maxLength: 5 });
    fc.assert(
      fc.property(words, words, (required, optional) => {
        const all = [...required, ...optional.map((word) => `${word}?`)].join(" ");
        const state = (of: string) => toSummary("koji", { parts: parts(of), notices: [] }, webUrl).state;
        expect(state(all)).toBe(state(required.join(" ")));
        expect(toSummary("koji", { parts: parts(all), notices: [] }, webUrl).description).not.toBe("");
      }),
    );
  });
});
