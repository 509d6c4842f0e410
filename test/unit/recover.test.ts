import { describe, expect, it } from "vitest";
import { recover } from "../../src/app/recover.ts";
import type { Build } from "../../src/domain/build.ts";
import { aBuild } from "../contract/store.contract.ts";

/** What a process that is called `me` does with a build whose `build()` was to be sent by `by`. */
async function recovered(by: string | null, living: readonly string[], me: string | null = "me") {
  const calls: string[] = [];
  const silent = () => undefined;
  const intent = { by, session: 12, since: 9_000, attempt: 1 };
  await recover(aBuild({ phase: "submitting", intent }), {
    hub: {
      session: async () => ({ id: 13, hubTime: 9_000 }),
      submit: async () => 7,
      fence: async (session) => void calls.push(`fence ${session}`),
      cancel: async () => undefined,
      submittedSince: async () => [],
    },
    find: async () => [],
    save: async (_before: Build, after: Build) => {
      calls.push(after.phase);
      return after;
    },
    now: () => 10_000,
    jitter: () => 0,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    watchSoon: silent,
    writers: { me: () => me, isLiving: async (writer) => living.includes(writer) },
    steps: [],
  });
  return calls;
}

describe("recover", () => {
  it.each([
    ["of a process that lives: it will say itself what became of it", "other", ["me", "other"], "me", []],
    ["of a process that is gone", "other", ["me"], "me", ["fence 12", "queued"]],
    ["of this process, which has let go of the key", "me", ["me", "other"], "me", ["fence 12", "queued"]],
    ["that its process has let go of", null, ["me", "other"], "me", ["fence 12", "queued"]],
    ["of a process that lives, when nobody knows whether we do", "other", ["other"], null, []],
  ] as const)("%s", async (_what, by, living, me, calls) => {
    expect(await recovered(by, living, me)).toEqual(calls);
  });
});
