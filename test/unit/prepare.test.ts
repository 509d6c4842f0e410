import { expect, it } from "vitest";
import { prepare, type Step } from "../../src/app/prepare.ts";
import type { Build } from "../../src/domain/build.ts";
import { KojibridgeError } from "../../src/domain/errors.ts";
import { parked, refused } from "../../src/domain/transitions.ts";
import { aBuild } from "../contract/store.contract.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const NOW = 50_000;

async function run(build: Build, ...runs: Step["run"][]) {
  const saved: Build[] = [];
  const save = async (_: Build, after: Build) => {
    saved.push(after);
    return { ...after, revision: after.revision + 1 };
  };
  const steps = runs.map((step): Step => ({ asks: "forge", run: step }));
  const after = await prepare(build, steps, { save, now: () => NOW, jitter: () => 0, log: silent });
  return { after, saved };
}

const finding = async (build: Build): Promise<Build> => ({ ...build, reason: "found" });

it("goes on unchanged, and saves nothing", async () => {
  const build = aBuild();
  expect(await run(build, async (one) => one)).toEqual({ after: build, saved: [] });
});

it("a build that was parked and is due goes on", async () => {
  const build = parked(aBuild(), "hub unavailable", NOW - 2_000, 0);
  expect(build.wakeAt).toBeGreaterThan(build.updatedAt);
  expect((await run(build, async (one) => one)).after).toBe(build);
});

it("what was found out is saved before it is sent", async () => {
  const { after, saved } = await run(aBuild(), finding);
  expect(saved).toMatchObject([{ phase: "preparing", reason: "found" }]);
  expect(after).toMatchObject({ reason: "found", revision: 2 });
});

it.each<[what: string, step: Step["run"], saved: object]>([
  ["parks it", async (one) => parked(one, "wait", NOW, 0), { phase: "queued", parked: { reason: "wait" } }],
  ["refuses it", async (one) => refused(one, "no", NOW), { phase: "failed", reason: "no" }],
  ["holds it", async (one) => ({ ...one, hold: { reason: "approval" } }), { hold: { reason: "approval" } }],
  [
    "cannot ask",
    async () => Promise.reject(new KojibridgeError("transient", "gone")),
    { phase: "queued", parked: { reason: "forge unavailable" } },
  ],
])("a step that %s ends the pass", async (_, step, expected) => {
  const later = () => Promise.reject(new Error("never asked"));
  const { after, saved } = await run(aBuild(), step, later);
  expect(after).toBeNull();
  expect(saved).toMatchObject([expected]);
});
