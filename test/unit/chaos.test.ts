import { afterEach, describe, expect, it } from "vitest";
import { check } from "../chaos/check.ts";
import { makePlan, type Plan } from "../chaos/plan.ts";
import type { BuildRecord, Records } from "../chaos/records.ts";
import { createCaller } from "../support/hub-caller.ts";
import { openWorldsFor } from "../support/stories.ts";
import type { TestWorlds } from "../support/worlds.ts";

const plan = makePlan({ seed: 7, deliveries: 120, many: true });
const idsOf = ({ calls }: Plan) => new Set(calls.map(({ id }) => id));

describe("the plan of a chaos run", () => {
  it("is the seed's: the same deliveries and troubles at the same times", () => {
    expect(makePlan({ seed: 7, deliveries: 120, many: true })).toEqual(plan);
    expect(makePlan({ seed: 8, deliveries: 120, many: true }).calls).not.toEqual(plan.calls);
  });

  it("has everything in it", () => {
    expect(new Set(plan.calls.map(({ told }) => told.what)).size).toBe(5);
    expect(new Set(plan.calls.map(({ told }) => told.forge)).size).toBe(3);
    expect(new Set(plan.troubles.map(({ kind }) => kind)).size).toBe(9);
    expect(plan.calls.length).toBeGreaterThan(idsOf(plan).size);
    expect(plan.calls.some(({ cutAfter }) => cutAfter !== null)).toBe(true);
  });

  it("closes merge requests after everything else", () => {
    for (const { told, chain } of plan.calls.filter((call) => call.told.what === "closed" && !call.chain.includes(" ")))
      expect(plan.calls.findLast((call) => call.chain === chain)?.told).toBe(told);
  });
});

describe("the verdict of a chaos run", () => {
  let worlds: TestWorlds | null = null;
  afterEach(() => worlds?.close());

  const records = (builds: readonly (readonly [string, BuildRecord])[] = []): Records => ({
    unsettled: async () => 0,
    deliveries: async () => new Map(),
    builds: async () => new Map(builds),
    sideTags: async () => ["f42-build-side-1"],
  });

  it("sees what was lost, and what is missing on the forges", async () => {
    worlds = await openWorldsFor(plan.happenings);
    const ids = idsOf(plan);
    const { lost, wrong } = await check(plan, ids, worlds, records());
    expect(lost).toEqual([...ids].map((id) => `delivery ${id}: acknowledged, but not in the database`));
    expect(wrong).toContain("side tag f42-build-side-1: left over in the database");
    const built = plan.happenings.filter(({ contexts }) => contexts.length > 0);
    for (const [pattern, count] of [
      [/^statuses of/, built.length],
      [/^status koji of/, built.length],
      [/^comments of/, plan.happenings.filter(({ what }) => what === "opened").length],
    ] as const)
      expect(wrong.filter((line) => pattern.test(line))).toHaveLength(count);
    expect((await check(plan, new Set(), worlds, records())).lost[0]).toMatch(/never acknowledged/);
  });

  it("sees two tasks of one attempt, and a task that ended otherwise than its build", async () => {
    worlds = await openWorldsFor([], { speed: 0 });
    const caller = createCaller(() => worlds?.hub.url ?? "");
    await caller.login("kojibridge");
    const options = { scratch: true, custom_user_metadata: { kojibridge: { build: "b", attempt: 1 } } };
    const source = "git+https://forge.example.org/rpms/hello.git#abc";
    for (let n = 0; n < 2; n++) await caller.call("build", source, "f42-candidate", options);
    const build: BuildRecord = { phase: "canceled", repo: "rpms/hello", sha: "abc", attempt: 1, task: 1 };
    const verdict = await check({ ...plan, calls: [], happenings: [] }, new Set(), worlds, records([["b", build]]));
    expect(verdict.doubled).toEqual(["build b attempt 1: tasks 1 and 2"]);
    expect(verdict.wrong.filter((line) => line.startsWith("task"))).toHaveLength(2);
  });
});
