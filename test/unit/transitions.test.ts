import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoff } from "../../src/domain/backoff.ts";
import { type Build, isFinal, type TaskView } from "../../src/domain/build.ts";
import {
  canceling,
  decide,
  ended,
  ending,
  explained,
  intending,
  looksSame,
  observed,
  parked,
  reattempted,
  refused,
  reordered,
  started,
  unexplained,
  unseen,
  unsettled,
  unsubmitted,
  vanished,
} from "../../src/domain/transitions.ts";
import { aBuild } from "../contract/store.contract.ts";
import { aDigest } from "../support/digests.ts";

const NOW = 10_000;
const view = (change: Partial<TaskView> = {}): TaskView => ({
  id: 7,
  state: "OPEN",
  startedAt: null,
  finishedAt: null,
  children: [],
  ...change,
});
const intent = { by: "me", session: 12, since: 9_000, attempt: 1 };

describe("decide", () => {
  it.each([
    ["a new build is submitted", aBuild({ phase: "queued", wakeAt: NOW }), "submit"],
    ["a build without a time is submitted", aBuild({ phase: "queued", wakeAt: null }), "submit"],
    ["a parked build waits", aBuild({ phase: "queued", wakeAt: NOW + 1 }), "wait"],
    ["an unknown outcome is found out", aBuild({ phase: "submitting", intent, wakeAt: NOW }), "recover"],
    ["an unknown outcome waits for its turn", aBuild({ phase: "submitting", intent, wakeAt: NOW + 1 }), "wait"],
    ["a running build is the watcher's", aBuild({ phase: "running", wakeAt: null }), "watch"],
    ["a finished build is left alone", aBuild({ phase: "succeeded", wakeAt: NOW }), "nothing"],
    ["a failed build is left alone", aBuild({ phase: "failed", wakeAt: NOW }), "nothing"],
  ] as const)("%s", (_, build, decision) => expect(decide(build, NOW)).toBe(decision));
});

describe("transitions", () => {
  const submitting = intending(aBuild(), intent, NOW);

  it("an intent is due at once: a crash is recovered by the next sweep", () =>
    expect(submitting).toMatchObject({ phase: "submitting", intent, wakeAt: NOW }));

  it("a started build has its task and waits for nobody", () =>
    expect(started(unsettled(submitting, "x", NOW, 0), 7, NOW)).toMatchObject({
      phase: "running",
      task: { id: 7, state: "FREE", children: [] },
      parked: null,
      tries: 0,
      wakeAt: null,
    }));

  it("parking drops the intent, for nothing was sent, and remembers since when", () => {
    const once = parked(submitting, "hub unavailable", NOW, 0);
    expect(once).toMatchObject({ phase: "queued", intent: null, tries: 1, wakeAt: NOW + 1000 });
    const twice = parked(once, "hub unavailable", NOW + 5000, 0);
    expect(twice).toMatchObject({ parked: { since: NOW }, tries: 2, wakeAt: NOW + 5000 + 2000 });
    expect(parked(twice, "hub busy", NOW + 9000, 0).parked).toEqual({ reason: "hub busy", since: NOW + 9000 });
  });

  it("an unsettled build keeps its intent, which names the session to fence, and is anybody's to recover", () =>
    expect(unsettled(submitting, "asking", NOW, 0)).toMatchObject({
      phase: "submitting",
      intent: { ...intent, by: null },
      tries: 1,
    }));

  it("an unsubmitted build goes again at once, and still knows how often it tried", () =>
    expect(unsubmitted({ ...submitting, tries: 3 }, NOW)).toMatchObject({
      phase: "queued",
      intent: null,
      wakeAt: NOW,
      tries: 3,
    }));

  it("a refused build is final", () =>
    expect(refused(submitting, "no such channel", NOW)).toMatchObject({
      phase: "failed",
      reason: "no such channel",
      finishedAt: NOW,
    }));

  it.each([
    ["CLOSED", "succeeded", null],
    ["CANCELED", "canceled", "canceled on the hub"],
  ] as const)("a task that is %s ends the build as %s", (state, phase, reason) => {
    const running = started(aBuild(), 7, NOW);
    expect(observed(running, view({ state }), "BuildError: no", NOW + 1)).toMatchObject({
      phase,
      reason,
      finishedAt: NOW + 1,
      wakeAt: null,
    });
  });

  const failed = observed(started(aBuild(), 7, NOW), view({ state: "FAILED" }), "BuildError: no", NOW);
  const failure = { task: 9, arch: "x86_64", digest: aDigest() };

  it("a task that failed does not end the build: why is found out first", () => {
    expect(failed).toMatchObject({ phase: "running", reason: "BuildError: no", wakeAt: NOW, finishedAt: null });
    expect(decide(failed, NOW)).toBe("explain");
    expect(decide(ending(failed, { phase: "superseded", reason: "x" }, NOW), NOW)).toBe("explain");
  });

  it("nobody can say why: asked again a bit later", () => {
    const once = unexplained(failed, 5_000, NOW);
    expect(once).toMatchObject({ phase: "running", tries: 1, wakeAt: NOW + 5_000 });
    expect([decide(once, NOW), decide(once, NOW + 5_000)]).toEqual(["wait", "explain"]);
  });

  it("explained: failed, for the first cause; without one, as the hub said it", () => {
    expect(explained(failed, [failure], NOW)).toMatchObject({
      phase: "failed",
      reason: "error: it broke",
      failures: [failure],
      finishedAt: NOW,
    });
    expect(explained(failed, [], NOW)).toMatchObject({ phase: "failed", reason: "BuildError: no" });
  });

  it("tried again: the next attempt, after a while, which remembers what was tried", () => {
    const again = reattempted(failed, { task: 7, cause: "no mirror" }, "trying again", 60_000, NOW);
    expect(again).toMatchObject({
      phase: "queued",
      attempt: 2,
      task: null,
      reason: null,
      retries: [{ task: 7, cause: "no mirror" }],
      parked: { reason: "trying again", since: NOW },
      wakeAt: NOW + 60_000,
    });
    expect([decide(again, NOW), decide(again, NOW + 60_000)]).toEqual(["wait", "submit"]);
  });

  it("a hub that answers again clears what was said of its absence", () => {
    const lost = unseen(started(aBuild(), 7, NOW), "hub unavailable", NOW);
    expect(lost).toMatchObject({ phase: "running", parked: { reason: "hub unavailable" } });
    expect(observed(lost, view(), null, NOW)).toMatchObject({ phase: "running", parked: null });
  });

  it("a task the hub forgot ends the build as expired", () =>
    expect(vanished(started(aBuild(), 7, NOW), NOW)).toMatchObject({
      phase: "expired",
      reason: expect.stringContaining("7"),
    }));
});

describe("what nobody wants any more", () => {
  const wish = { phase: "superseded", reason: "superseded by abc" } as const;
  const queued = ending(aBuild(), wish, NOW);
  const running = ending(started(aBuild(), 7, NOW), wish, NOW);

  it.each([
    ["waiting: ends without a task", queued, "end"],
    ["outcome unknown: is found out first", ending(intending(aBuild(), intent, NOW), wish, NOW), "recover"],
    ["running: is canceled", running, "cancel"],
    ["canceling: waits for the watcher", canceling(running, NOW), "wait"],
    ["adopted: is canceled", started(ending(intending(aBuild(), intent, NOW), wish, NOW), 7, NOW), "cancel"],
    ["ended: is left alone", ended(queued, NOW), "nothing"],
  ] as const)("%s", (_, build, decision) => expect(decide(build, NOW)).toBe(decision));

  it("is told to cancel again when the task does not end", () =>
    expect(decide(canceling(running, NOW), NOW + 60_000)).toBe("cancel"));

  it("ends with its own words when the hub has canceled it, and as it ended otherwise", () => {
    expect(observed(running, view({ state: "CANCELED" }), null, NOW)).toMatchObject(wish);
    expect(observed(running, view({ state: "CLOSED" }), null, NOW)).toMatchObject({ phase: "succeeded" });
  });

  it("asked for again after it ended: the next attempt, from the start", () =>
    expect(reordered(ended(queued, NOW), NOW + 1)).toMatchObject({
      phase: "queued",
      attempt: 2,
      ending: null,
      task: null,
      reason: null,
      finishedAt: null,
      wakeAt: NOW + 1,
    }));

  it("asked for again while it ends: starts once more when it has ended", () =>
    expect(observed(reordered(running, NOW), view({ state: "CANCELED" }), null, NOW)).toMatchObject({
      phase: "queued",
      attempt: 2,
      ending: null,
    }));

  it("what ended by itself is shared, not repeated", () => {
    const failed = refused(aBuild(), "no", NOW);
    expect(reordered(failed, NOW)).toBe(failed);
    const live = started(aBuild(), 7, NOW);
    expect(reordered(live, NOW)).toBe(live);
  });
});

describe("looksSame", () => {
  const running = observed(started(aBuild(), 7, NOW), view(), null, NOW);
  it.each([
    ["only the time of saving", { ...running, updatedAt: NOW + 1, revision: 9 }, true],
    ["another try", { ...running, tries: 4, wakeAt: 5 }, true],
    ["the task's state", observed(running, view({ state: "FREE" }), null, NOW), false],
    ["a parking", unseen(running, "hub unavailable", NOW), false],
  ])("%s", (_, other, same) => expect(looksSame(running, other)).toBe(same));
});

describe("property", () => {
  const step = fc.constantFrom<(build: Build, now: number) => Build>(
    (b, now) => intending(b, { ...intent, since: now }, now),
    (b, now) => started(b, 7, now),
    (b, now) => parked(b, "hub unavailable", now, 0.5),
    (b, now) => unsettled(b, "asking", now, 0.5),
    (b, now) => unsubmitted(b, now),
    (b, now) => observed(b, view({ state: "OPEN" }), null, now),
    (b, now) => observed(b, view({ state: "FAILED" }), "why", now),
    (b, now) => observed(b, view({ state: "CLOSED" }), null, now),
    (b, now) => (decide(b, now) === "explain" ? unexplained(b, 1, now) : b),
    (b, now) => (decide(b, now) === "explain" ? explained(b, [], now) : b),
    (b, now) => (decide(b, now) === "explain" ? reattempted(b, { task: 7, cause: "x" }, "again", 1, now) : b),
  );

  it("every record is final, watched, or has a time at which it goes on", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let build = aBuild();
        for (const [i, change] of steps.entries()) {
          if (isFinal(build.phase)) break;
          build = change(build, NOW + i);
        }
        const decision = decide(build, NOW + 1e9);
        const running = build.task?.state === "FAILED" ? "explain" : "watch";
        expect(decision).toBe(
          isFinal(build.phase)
            ? "nothing"
            : ({ running, submitting: "recover", queued: "submit" } as Record<string, string>)[build.phase],
        );
        if (decision === "submit" || decision === "recover" || decision === "explain")
          expect(build.wakeAt).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});

describe("backoff", () => {
  it.each([
    [0, 0, 1_000],
    [1, 0, 2_000],
    [5, 0, 32_000],
    [6, 0, 60_000],
    [1e9, 0, 60_000],
    [6, 0.999, 45_015],
  ])("after %i tries with jitter %d: %i ms", (tries, jitter, ms) => expect(backoff(tries, jitter)).toBe(ms));
});
