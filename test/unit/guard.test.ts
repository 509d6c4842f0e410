import { describe, expect, it, test } from "vitest";
import { createGuard } from "../../src/app/guard.ts";
import type { Build, Guard } from "../../src/domain/build.ts";
import { KojibridgeError } from "../../src/domain/errors.ts";
import type { ForgeFacts, Ref } from "../../src/ports/forge.ts";
import { aBuild } from "../contract/store.contract.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const SHA = aBuild().sha;
const OTHER = "b".repeat(40);

/** `branch main`, `tag v1`: `protected` or not, at our commit, past it (`after`), or elsewhere (`other`). */
type World = Readonly<Record<string, string>>;

function factsOf(world: World): Pick<ForgeFacts, "ref" | "contains"> & { readonly asked: string[] } {
  const asked: string[] = [];
  const at = ({ kind, name }: Ref) => world[`${kind} ${name}`]?.split(" ");
  return {
    asked,
    async ref(_repo, ref) {
      asked.push(`${ref.kind} ${ref.name}`);
      const words = at(ref);
      if (words === undefined) return null;
      const isHere = !words.includes("after") && !words.includes("other");
      return { sha: isHere ? SHA : OTHER, protected: words.includes("protected") };
    },
    async contains(_repo, name) {
      asked.push(`in ${name}`);
      return at({ kind: "branch", name })?.includes("after") === true;
    },
  };
}

function real(guard: Partial<Guard> | null, change: Partial<Build> = {}): Build {
  const whole = guard && { kind: "branch" as const, name: "main", branches: [], unprotected: false, ...guard };
  return aBuild({ request: { ...aBuild().request, scratch: false, guard: whole }, updatedAt: 1000, ...change });
}

function guardOf(facts: Pick<ForgeFacts, "ref" | "contains"> | null, clock = { now: 10_000 }) {
  const map = new Map(facts === null ? [] : [["github", facts as ForgeFacts]]);
  return createGuard({ facts: map, now: () => clock.now, jitter: () => 0, log: silent });
}

const PUSH = {};
const TAG = { kind: "tag", name: "v1" } as const;
/** A forge that was asked often enough is believed. */
const BELIEVED = { tries: 4 };

describe("the guard", () => {
  test.each<[what: string, guard: Partial<Guard>, world: World]>([
    ["a push, the branch at the commit", PUSH, { "branch main": "protected" }],
    ["a push, the branch has gone on", PUSH, { "branch main": "protected after" }],
    ["a tag that is protected", TAG, { "tag v1": "protected" }],
    [
      "a tag on an allowed branch",
      { ...TAG, branches: ["main"] },
      { "tag v1": "open", "branch main": "protected after" },
    ],
    [
      "a tag on the second allowed branch",
      { ...TAG, branches: ["main", "rel"] },
      { "tag v1": "open", "branch main": "protected other", "branch rel": "protected" },
    ],
    ["without protection, if the operator says so", { unprotected: true }, { "branch main": "open after" }],
    ["a tag without protection, if the operator says so", { ...TAG, unprotected: true }, { "tag v1": "open" }],
  ])("lets %s pass", async (_, guard, world) => {
    const build = real(guard);
    expect(await guardOf(factsOf(world)).run(build)).toBe(build);
  });

  test.each<[what: string, guard: Partial<Guard>, world: World, why: string]>([
    ["a branch anybody may move", PUSH, { "branch main": "open" }, "branch `main` is not protected"],
    ["a commit that was pushed away", PUSH, { "branch main": "protected other" }, "commit is not on branch `main`"],
    ["a branch that is gone", PUSH, { "branch next": "protected" }, "there is no branch `main`"],
    [
      "a tag anybody may move",
      TAG,
      { "tag v1": "open", "branch main": "protected" },
      "tag `v1` is not protected and `build.from` names no branch",
    ],
    ["a tag that was moved", TAG, { "tag v1": "protected other" }, "tag `v1` is at another commit"],
    [
      "a tag that was moved, the commit on an allowed branch",
      { ...TAG, branches: ["main"] },
      { "tag v1": "open other", "branch main": "protected" },
      "tag `v1` is at another commit",
    ],
    ["a tag that is gone", { ...TAG, branches: ["main"] }, { "branch main": "protected" }, "there is no tag `v1`"],
    [
      "a tag on a branch of somebody's own",
      { ...TAG, branches: ["main"] },
      { "tag v1": "open", "branch main": "protected other", "branch mine": "protected" },
      "tag `v1` is not protected and commit is not on an allowed, protected branch (`main`)",
    ],
    [
      "a tag on an allowed branch that is not protected",
      { ...TAG, branches: ["main"] },
      { "tag v1": "open", "branch main": "open" },
      "tag `v1` is not protected and commit is not on an allowed, protected branch (`main`)",
    ],
    [
      "a commit elsewhere, protection or not",
      { unprotected: true },
      { "branch main": "open other" },
      "commit is not on branch `main`",
    ],
    [
      "a tag elsewhere, protection or not",
      { ...TAG, branches: ["main"], unprotected: true },
      { "tag v1": "open", "branch main": "open other" },
      "commit is not on an allowed, protected branch",
    ],
  ])("refuses %s", async (_, guard, world, why) => {
    const after = await guardOf(factsOf(world)).run(real(guard, BELIEVED));
    expect(after).toMatchObject({ phase: "failed", reason: expect.stringContaining(why), finishedAt: 10_000 });
    expect(after.reason).toMatch(/^no real build: /);
    expect(after.reason?.length).toBeLessThan(141);
  });

  it("refuses what nobody said where it has to be, and what no forge can show", async () => {
    const facts = factsOf({ "branch main": "protected" });
    expect(await guardOf(facts).run(real(null))).toMatchObject({ phase: "failed" });
    expect(await guardOf(null).run(real(PUSH))).toMatchObject({ phase: "failed" });
    expect(facts.asked).toEqual([]);
  });

  it("does not ask for scratch builds", async () => {
    const facts = factsOf({});
    const build = aBuild();
    expect(await guardOf(facts).run(build)).toBe(build);
    expect(facts.asked).toEqual([]);
  });

  it("waits a little for a forge that may be behind, never for a branch that is not protected", async () => {
    const late = await guardOf(factsOf({ "branch main": "protected other" })).run(real(PUSH));
    expect(late).toMatchObject({ phase: "queued", tries: 1, parked: { reason: "commit is not on branch `main`" } });
    expect(late.wakeAt).toBeGreaterThan(10_000);
    expect(await guardOf(factsOf({ "branch main": "open" })).run(real(PUSH))).toMatchObject({ phase: "failed" });
  });

  it("asks once at a moment, and again when the build goes on later", async () => {
    const clock = { now: 10_000 };
    const world = { "branch main": "protected" };
    const facts = factsOf(world);
    const guard = guardOf(facts, clock);
    await guard.run(real(PUSH));
    await guard.run(real(PUSH));
    expect(facts.asked).toEqual(["branch main"]);
    clock.now += 5_001;
    world["branch main"] = "open";
    expect(await guard.run(real(PUSH))).toMatchObject({ phase: "failed" });
    expect(facts.asked).toEqual(["branch main", "branch main"]);
  });

  it("lets no error of the forge pass for an answer", async () => {
    const away = new KojibridgeError("transient", "away");
    const facts = { ...factsOf({}), ref: () => Promise.reject(away) };
    await expect(guardOf(facts).run(real(PUSH))).rejects.toBe(away);
  });
});
