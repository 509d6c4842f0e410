import { describe, expect, it } from "vitest";
import { submit } from "../../src/app/submit.ts";
import type { Build } from "../../src/domain/build.ts";
import { KojibridgeError } from "../../src/domain/errors.ts";
import { aBuild } from "../contract/store.contract.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const gone = new KojibridgeError("transient", "the database went away");

/** One submission; `saves` says which saves the database takes. What was saved, and what `submit` ended with. */
async function submitWith(answer: () => Promise<number>, saves: readonly boolean[]) {
  const saved: Build[] = [];
  const watched: string[] = [];
  let asked = 0;
  const deps = {
    hub: {
      session: async () => ({ id: 12, hubTime: 9_000 }),
      submit: answer,
      fence: async () => {},
      cancel: async () => {},
      submittedSince: async () => [],
    },
    save: async (_before: Build, after: Build) => {
      if (saves[asked++] === false) throw gone;
      saved.push(after);
      return { ...after, revision: after.revision + 1 };
    },
    now: () => 10_000,
    jitter: () => 0,
    log: silent,
    watchSoon: (hub: string) => void watched.push(hub),
    steps: [],
    writers: { me: () => "me", isLiving: async () => false },
  };
  const error = await submit(aBuild(), deps).catch((reason: unknown) => reason);
  return { saved, watched, error };
}

describe("submit", () => {
  it("saves the intent, then the fact, then wakes the watcher", async () => {
    const { saved, watched, error } = await submitWith(async () => 7, []);
    expect(saved.map((build) => [build.phase, build.task?.id])).toEqual([
      ["submitting", undefined],
      ["running", 7],
    ]);
    expect(watched).toEqual(["fedora"]);
    expect(error).toBeUndefined();
  });

  it("a database that fails after build() leaves the intent: the task is looked for, never built again", async () => {
    const { saved, watched, error } = await submitWith(async () => 7, [true, false]);
    expect(error).toBe(gone);
    expect(saved.map((build) => [build.phase, build.intent?.session])).toEqual([["submitting", 12]]);
    expect(watched).toEqual([]);
  });

  it.each([
    ["transient", "queued", null],
    ["ambiguous", "submitting", 12],
    ["rejected", "failed", null],
    ["conflict", "queued", null],
  ] as const)("a hub that answers %s leaves it %s", async (kind, phase, session) => {
    const refuse = async () => {
      throw new KojibridgeError(kind, "no");
    };
    const { saved } = await submitWith(refuse, []);
    expect(saved.at(-1)).toMatchObject({ phase, intent: session === null ? null : { session } });
  });
});
