import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Build, BuildRequest } from "../../src/domain/build.ts";
import { isKind } from "../../src/domain/errors.ts";
import type { Delivery, Order, Store, SummaryOrder } from "../../src/ports/store.ts";

const SHA = "a".repeat(40);

export function aBuild(change: Partial<Build> = {}): Build {
  const request: BuildRequest = {
    rule: "r",
    hub: "fedora",
    target: "f42",
    scratch: true,
    arches: [],
    source: "git+https://example.org/rpms/hello.git#x",
    context: "koji/f42/scratch",
    comments: "always",
    package: null,
    macros: [],
    strategy: "auto",
    options: {},
    optional: false,
    onExisting: "adopt",
    guard: null,
    approval: false,
  };
  return {
    id: "b1",
    revision: 1,
    delivery: "d1",
    phase: "queued",
    forge: "github",
    repo: "rpms/hello",
    sha: SHA,
    request,
    intent: null,
    attempt: 1,
    ending: null,
    hold: null,
    carrier: null,
    failures: [],
    retries: [],
    made: null,
    task: null,
    reason: null,
    parked: null,
    tries: 0,
    wakeAt: 1000,
    createdAt: 1000,
    updatedAt: 1000,
    finishedAt: null,
    ...change,
  };
}

export function aDelivery(change: Partial<Delivery> = {}): Delivery {
  return {
    id: "d1",
    forge: "github",
    receivedAt: 1000,
    event: "push",
    headers: { "x-github-event": "push" },
    waiting: null,
    payload: Buffer.from([0, 1, 0xff]),
    summary: null,
    ignored: null,
    builds: ["b1"],
    trace: [{ rule: "r", matched: true, reason: null, refused: [] }],
    ...change,
  };
}

export function anOrder(build = aBuild(), change: Partial<Order> = {}): Order {
  const place = { repo: build.repo, sha: build.sha, ref: "main", fork: null };
  return { build, place, context: build.request.context, mr: null, ...change };
}

function aSummaryOrder(change: Partial<SummaryOrder> = {}): SummaryOrder {
  const { place } = anOrder();
  const base = { forge: "github", place, context: "koji", isNew: true, notice: null, cause: "branch main", at: 1000 };
  return { ...base, ...change };
}

const STATUS = `github rpms/hello ${SHA} koji/f42/scratch`;
const COMMENT = "github rpms/hello 7";

/** Every implementation of the store port keeps these promises. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`store: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    describe("inbox", () => {
      it("gives back what it was given", async () => {
        await store.accept(aDelivery(), [anOrder()]);
        expect(await store.delivery("d1")).toEqual(aDelivery());
        expect(await store.build("b1")).toEqual(aBuild());
        expect(await store.delivery("other")).toBeNull();
        expect(await store.build("other")).toBeNull();
      });

      it("takes a delivery once", async () => {
        const first = await store.accept(aDelivery(), [anOrder()]);
        const second = await store.accept(aDelivery({ builds: ["b2"] }), [anOrder(aBuild({ id: "b2" }))]);
        expect(first).toEqual({ duplicate: false, waiting: null, builds: ["b1"], ignored: null });
        expect(second).toEqual({ duplicate: true, waiting: null, builds: ["b1"], ignored: null });
        expect(await store.build("b2")).toBeNull();
      });

      it("takes it once when both copies come at the same moment", async () => {
        const both = await Promise.all([1, 2].map(() => store.accept(aDelivery(), [anOrder()])));
        expect(both.map((one) => one.duplicate).sort()).toEqual([false, true]);
      });

      it("keeps the same id of two forges apart", async () => {
        await store.accept(aDelivery(), [anOrder()]);
        const other = await store.accept(aDelivery({ forge: "work", builds: [] }), []);
        expect(other.duplicate).toBe(false);
      });

      it("shares a build that exists, and owes the word for it again", async () => {
        await store.accept(aDelivery(), [anOrder()]);
        await store.saveStatus(STATUS, { done: 1, tries: 0, wakeAt: null, said: null, outcome: "set" });
        const running = await store.save({ ...aBuild(), phase: "running" }, false);
        await store.accept(aDelivery({ id: "d2" }), [anOrder(aBuild({ createdAt: 2000 }))]);
        expect(await store.build("b1")).toEqual(running);
        expect(await store.status(STATUS)).toMatchObject({ wanted: 2, done: 1 });
      });

      it("writes nothing of a delivery whose order cannot be written", async () => {
        const broken = anOrder(aBuild({ id: null as unknown as string }));
        await expect(store.accept(aDelivery(), [anOrder(), broken])).rejects.toThrow();
        expect(await store.delivery("d1")).toBeNull();
        expect(await store.build("b1")).toBeNull();
      });

      it("is ready while it can write", () => expect(store.ready()).resolves.toBeUndefined());
    });

    describe("builds", () => {
      it("saves every field", async () => {
        await store.accept(aDelivery(), [anOrder()]);
        const child = {
          id: 8,
          parent: 7,
          method: "buildArch",
          state: "OPEN" as const,
          label: "x86_64",
          arch: "x86_64",
        };
        const times = { createdAt: 1, startedAt: 2, finishedAt: null };
        const changed = aBuild({
          phase: "running",
          intent: { by: "me", session: 12, since: 3, attempt: 1 },
          task: { id: 7, state: "OPEN", startedAt: 5, finishedAt: null, children: [{ ...child, ...times }] },
          reason: "why",
          parked: { reason: "hub unavailable", since: 4 },
          tries: 2,
          wakeAt: null,
          updatedAt: 6,
          finishedAt: 7,
        });
        const saved = await store.save(changed, false);
        expect(saved).toEqual({ ...changed, revision: 2 });
        expect(await store.build("b1")).toEqual(saved);
      });

      it("refuses a record that moved meanwhile", async () => {
        await store.accept(aDelivery(), [anOrder()]);
        await store.save(aBuild({ reason: "first" }), false);
        const late = store.save(aBuild({ reason: "second" }), true);
        await expect(late).rejects.toSatisfy((error) => isKind(error, "conflict"));
        expect(await store.build("b1")).toMatchObject({ reason: "first", revision: 2 });
        expect(await store.status(STATUS)).toMatchObject({ wanted: 1 });
      });

      it("lists by repo and commit, newest first", async () => {
        const builds = [
          aBuild({ id: "b1", createdAt: 1 }),
          aBuild({ id: "b2", createdAt: 2, sha: "b".repeat(40) }),
          aBuild({ id: "b3", createdAt: 3, repo: "rpms/other" }),
        ];
        await store.accept(
          aDelivery(),
          builds.map((build) => anOrder(build)),
        );
        const ids = async (filter: { repo?: string; sha?: string }) =>
          (await store.builds({ ...filter, limit: 2 })).map((build) => build.id);
        expect(await ids({})).toEqual(["b3", "b2"]);
        expect(await ids({ repo: "rpms/hello" })).toEqual(["b2", "b1"]);
        expect(await ids({ sha: SHA })).toEqual(["b3", "b1"]);
        expect(await ids({ sha: SHA, repo: "rpms/hello" })).toEqual(["b1"]);
      });

      it("knows what runs on a hub", async () => {
        const task = { id: 7, state: "OPEN" as const, startedAt: null, finishedAt: null, children: [] };
        await store.accept(aDelivery(), [anOrder(), anOrder(aBuild({ id: "b2" })), anOrder(aBuild({ id: "b3" }))]);
        await store.accept(aDelivery({ id: "d4" }), [anOrder(aBuild({ id: "b4" }))]);
        await store.save(aBuild({ phase: "running", task }), false);
        await store.save(aBuild({ id: "b4", phase: "running", task: { ...task, state: "FAILED" } }), false);
        await store.save(aBuild({ id: "b2", phase: "failed", task }), false);
        expect(await store.running("fedora")).toEqual([
          { build: "b1", task: 7, state: "OPEN", since: 1000, parked: false },
        ]);
        expect(await store.running("cbs")).toEqual([]);
      });
    });

    describe("words owed", () => {
      const said = { context: "c", state: "pending" as const, description: "d", targetUrl: null };
      const settled = { tries: 0, wakeAt: null, said, outcome: "set" };

      it("a visible change makes them due again, an invisible one does not", async () => {
        await store.accept(aDelivery(), [anOrder(aBuild(), { mr: { repo: "rpms/hello", mr: 7 } })]);
        await store.saveStatus(STATUS, { ...settled, done: 1 });
        await store.saveComment(COMMENT, { ...settled, done: 1, said: "digest", comment: "99" });
        let build = await store.save(aBuild({ wakeAt: null }), false);
        expect(await store.due(9e12, 10)).toEqual([]);
        build = await store.save({ ...build, updatedAt: 5000 }, true);
        expect(await store.due(4999, 10)).toEqual([]);
        expect(await store.due(5000, 10)).toEqual([
          { kind: "status", id: STATUS, lane: "github" },
          { kind: "comment", id: COMMENT, lane: "github" },
        ]);
        expect(await store.status(STATUS)).toMatchObject({ wanted: 2, done: 1, said, build: { revision: 3 } });
        expect(await store.comment(COMMENT)).toMatchObject({ wanted: 2, done: 1, said: "digest", comment: "99" });
      });

      it("a wish that came while talking stays due", async () => {
        await store.accept(aDelivery(), [anOrder()]);
        await store.save(aBuild({ wakeAt: null }), true);
        await store.saveStatus(STATUS, { ...settled, done: 1 });
        expect(await store.due(0, 10)).toEqual([{ kind: "status", id: STATUS, lane: "github" }]);
      });

      it("a word that waits for its forge keeps its own time", async () => {
        await store.accept(aDelivery(), [anOrder()]);
        await store.saveStatus(STATUS, { done: 0, tries: 3, wakeAt: 8000, said: null, outcome: "down" });
        await store.save(aBuild({ wakeAt: null, updatedAt: 2000 }), true);
        expect(await store.due(7999, 10)).toEqual([]);
        expect(await store.due(8000, 10)).toHaveLength(1);
      });

      it("the newest build asked for under a context owns it", async () => {
        await store.accept(aDelivery(), [anOrder()]);
        await store.accept(aDelivery({ id: "d2" }), [anOrder(aBuild({ id: "b2" }))]);
        expect(await store.status(STATUS)).toMatchObject({ build: { id: "b2" }, wanted: 2 });
      });

      it("a merge request lists its builds, oldest first", async () => {
        const mr = { repo: "rpms/hello", mr: 7 };
        await store.accept(aDelivery(), [anOrder(aBuild({ id: "z", createdAt: 1 }), { mr })]);
        await store.accept(aDelivery({ id: "d2" }), [anOrder(aBuild({ id: "a", createdAt: 2 }), { mr })]);
        expect((await store.comment(COMMENT))?.builds.map((build) => build.id)).toEqual(["z", "a"]);
        await store.accept(aDelivery({ id: "d3" }), [anOrder(aBuild({ id: "z", createdAt: 3 }), { mr })]);
        expect((await store.comment(COMMENT))?.builds.map((build) => build.id)).toEqual(["a", "z"]);
      });
    });

    describe("withdrawal", () => {
      const mr = { repo: "rpms/hello", mr: 7 };
      const ending = { phase: "superseded", reason: "newer" } as const;
      const withdraw = (id: string, keep: string | null) =>
        store.accept(aDelivery({ id }), [], { forge: "github", mr, keep, ending });
      const endings = async () => (await store.builds({ limit: 9 })).map((b) => `${b.id} ${b.ending?.phase}`).sort();

      it("takes the unfinished builds of the merge request's other commits", async () => {
        const builds = [aBuild({ id: "old", sha: "b".repeat(40) }), aBuild({ id: "new" }), aBuild({ id: "else" })];
        await store.accept(aDelivery(), [
          ...builds.slice(0, 2).map((build) => anOrder(build, { mr })),
          anOrder(builds[2], { mr: { repo: "rpms/hello", mr: 8 } }),
        ]);
        await withdraw("d2", SHA);
        expect(await endings()).toEqual(["else undefined", "new undefined", "old superseded"]);
        await withdraw("d3", null);
        expect(await endings()).toEqual(["else undefined", "new superseded", "old superseded"]);
      });

      it("spares what a push or another merge request wants, and what is over", async () => {
        await store.accept(aDelivery(), [
          anOrder(aBuild({ id: "pushed" }), { mr }),
          anOrder(aBuild({ id: "pushed" })),
          anOrder(aBuild({ id: "shared" }), { mr }),
          anOrder(aBuild({ id: "shared" }), { mr: { repo: "rpms/hello", mr: 8 } }),
          anOrder(aBuild({ id: "over" }), { mr }),
        ]);
        await store.save(aBuild({ id: "over", phase: "failed", finishedAt: 1 }), false);
        await withdraw("d2", null);
        expect(await endings()).toEqual(["over undefined", "pushed undefined", "shared undefined"]);
      });

      it("makes the build and its words due, and is undone by asking again", async () => {
        await store.accept(aDelivery(), [anOrder(aBuild({ wakeAt: null }), { mr })]);
        await store.saveStatus(STATUS, { done: 1, tries: 0, wakeAt: null, said: null, outcome: "set" });
        await store.saveComment(COMMENT, { done: 1, tries: 0, wakeAt: null, said: null, outcome: "set", comment: "9" });
        await withdraw("d2", null);
        expect((await store.due(9e12, 10)).map((key) => key.kind)).toEqual(["build", "status", "comment"]);
        const loaded = await store.build("b1");
        await store.save({ ...(loaded ?? aBuild()), phase: "superseded", finishedAt: 5 }, true);
        await store.accept(aDelivery({ id: "d3" }), [anOrder(aBuild(), { mr })]);
        expect(await store.build("b1")).toMatchObject({ phase: "queued", attempt: 2, ending: null });
      });
    });

    describe("a delivery that waits for the forge", () => {
      const mr = { repo: "rpms/hello", mr: 7 };
      const ending = { phase: "superseded", reason: "newer" } as const;
      const late = (id: string, keep: string | null) =>
        store.accept(aDelivery({ id }), [], { forge: "github", mr, keep, ending });
      const outcome = { id: "d1", forge: "github", builds: ["b1"], ignored: null, trace: [] };
      const KEY = "github d1";

      beforeEach(async () => {
        await store.accept(aDelivery({ waiting: "asking" }), []);
      });

      it("is due, is put off, and is due again", async () => {
        expect(await store.due(1000, 10)).toEqual([{ kind: "delivery", id: KEY, lane: "github" }]);
        expect(await store.waiting(KEY)).toMatchObject({ delivery: { id: "d1", waiting: "asking" }, tries: 0 });
        await store.postpone(KEY, 1, 5000);
        expect(await store.due(4999, 10)).toEqual([]);
        expect(await store.due(5000, 10)).toHaveLength(1);
        expect(await store.waiting(KEY)).toMatchObject({ tries: 1 });
      });

      it("is settled once", async () => {
        expect(await store.settle(outcome, [anOrder(aBuild())])).toBe(true);
        expect(await store.settle({ ...outcome, builds: ["b2"] }, [anOrder(aBuild({ id: "b2" }))])).toBe(false);
        expect(await store.delivery("d1")).toMatchObject({ waiting: null, builds: ["b1"], ignored: null });
        expect(await store.waiting(KEY)).toBeNull();
        expect((await store.builds({ limit: 9 })).map(({ id }) => id)).toEqual(["b1"]);
        expect((await store.due(9e12, 10)).map(({ kind }) => kind)).toEqual(["build", "status"]);
      });

      it.each([
        ["b".repeat(40), `superseded by ${"b".repeat(12)}`],
        [null, "the merge request is closed"],
      ])("builds nothing that the merge request left behind: %s", async (head, ignored) => {
        await late("d2", head);
        expect(await store.settle(outcome, [anOrder(aBuild(), { mr })])).toBe(true);
        expect(await store.delivery("d1")).toMatchObject({ waiting: null, builds: [], ignored });
        expect(await store.builds({ limit: 9 })).toEqual([]);
      });

      it("builds what the merge request is still at", async () => {
        await late("d2", SHA);
        await store.settle(outcome, [anOrder(aBuild(), { mr })]);
        expect(await store.delivery("d1")).toMatchObject({ builds: ["b1"] });
      });
    });

    it("of saves that share a commit each fails for itself", async () => {
      const builds = ["a", "b", "c"].map((id) => aBuild({ id, sha: id.repeat(40) }));
      await store.accept(
        aDelivery(),
        builds.map((build) => anOrder(build)),
      );
      const strange = { ...builds[2], request: { ...builds[2]?.request, loop: 1n as unknown } } as unknown as Build;
      const outcomes = await Promise.allSettled([
        store.save({ ...(builds[0] ?? aBuild()), phase: "preparing" }, true),
        store.save(aBuild({ id: "b", revision: 99 }), true),
        store.save(strange, true).catch((error: unknown) => Promise.reject(error)),
        store.saveStatus(STATUS.replace(SHA, "b".repeat(40)), {
          done: 1,
          tries: 0,
          wakeAt: null,
          said: null,
          outcome: "set",
        }),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
      expect(isKind((outcomes[1] as PromiseRejectedResult).reason, "conflict")).toBe(true);
      expect(await store.build("a")).toMatchObject({ phase: "preparing", revision: 2 });
      expect(await store.status(STATUS.replace(SHA, "b".repeat(40)))).toMatchObject({ done: 1 });
    });

    describe("wishes", () => {
      const mr = { repo: "rpms/hello", mr: 7 };
      const held = (id: string, sha = SHA) => aBuild({ id, sha, hold: { reason: "approval" }, wakeAt: null });
      const approve = (sha: string, all = false) =>
        store.fulfil([{ kind: "approve", forge: "github", mr, sha, all }], 2000);
      const phases = async () =>
        (await store.builds({ limit: 9 })).map((b) => `${b.id} ${b.phase} ${b.attempt}`).sort();
      const OTHER = "b".repeat(40);

      it("starts again what is over, but no real build that is made", async () => {
        const over = { phase: "failed", finishedAt: 1, wakeAt: null } as const;
        const real = aBuild({ id: "real" });
        await store.accept(
          aDelivery(),
          ["failed", "runs"].map((id) => anOrder(aBuild({ id }))),
        );
        await store.accept(aDelivery({ id: "d2" }), [
          anOrder({ ...real, request: { ...real.request, scratch: false } }),
        ]);
        await store.save(aBuild({ id: "failed", ...over }), false);
        const made = { ...real, ...over, phase: "succeeded", request: { ...real.request, scratch: false } } as const;
        await store.save(made, false);
        expect(await store.fulfil([{ kind: "again", builds: ["failed", "runs", "real", "none"] }], 2000)).toEqual([
          "failed",
        ]);
        expect(await phases()).toEqual(["failed queued 2", "real succeeded 1", "runs queued 1"]);
        expect(await store.build("failed")).toMatchObject({ wakeAt: 2000, finishedAt: null, task: null });
      });

      it("cancels what is not over", async () => {
        await store.accept(
          aDelivery(),
          ["a", "b"].map((id) => anOrder(aBuild({ id }))),
        );
        await store.save(aBuild({ id: "b", phase: "failed", finishedAt: 1 }), false);
        const wish = { kind: "cancel", builds: ["a", "b"], reason: "canceled by @eve" } as const;
        expect(await store.fulfil([wish], 2000)).toEqual(["a"]);
        expect(await store.fulfil([wish], 3000)).toEqual([]);
        expect(await store.build("a")).toMatchObject({ ending: { phase: "canceled", reason: "canceled by @eve" } });
      });

      it("lets the approved commit go, and no other", async () => {
        await store.accept(aDelivery(), [anOrder(held("now"), { mr }), anOrder(held("old", OTHER), { mr })]);
        expect(await approve(SHA)).toEqual(["now"]);
        expect(await store.build("now")).toMatchObject({ hold: null, wakeAt: 2000 });
        expect(await store.build("old")).toMatchObject({ hold: { reason: "approval" }, wakeAt: null });
        await store.accept(aDelivery({ id: "d2" }), [
          anOrder(held("more"), { mr }),
          anOrder(held("next", "c".repeat(40)), { mr }),
        ]);
        expect(await store.build("more")).toMatchObject({ hold: null });
        expect(await store.build("next")).toMatchObject({ hold: { reason: "approval" } });
      });

      it("lets every later commit go when all were approved", async () => {
        await approve(SHA, true);
        await store.accept(aDelivery(), [anOrder(held("next", OTHER), { mr })]);
        expect(await store.build("next")).toMatchObject({ hold: null });
      });

      it("needs no leave for what somebody else may build", async () => {
        await store.accept(aDelivery(), [anOrder(held("b1"), { mr })]);
        await store.accept(aDelivery({ id: "d2" }), [anOrder(aBuild())]);
        expect(await store.build("b1")).toMatchObject({ hold: null, wakeAt: 1000 });
      });

      it("counts a receipt once", async () => {
        await store.accept(aDelivery(), [anOrder(aBuild({ phase: "failed", finishedAt: 1 }))]);
        const receipt = {
          forge: "github",
          repo: "rpms/hello",
          id: "77",
          answer: "as you say",
          reaction: "seen" as const,
        };
        const wish = { kind: "again", builds: ["b1"] } as const;
        expect(await store.receipt("github", "rpms/hello", "77")).toBeNull();
        expect(await store.fulfil([wish], 2000, receipt)).toEqual(["b1"]);
        expect(await store.receipt("github", "rpms/hello", "77")).toEqual(receipt);
        await store.save({ ...aBuild({ phase: "failed", finishedAt: 1 }), revision: 2 }, false);
        expect(await store.fulfil([wish], 3000, receipt)).toEqual([]);
      });

      it("knows where a merge request is, and since when", async () => {
        const news = (id: string, keep: string | null, receivedAt: number) => {
          const ending = { phase: "superseded", reason: "newer" } as const;
          return store.accept(aDelivery({ id, receivedAt }), [], { forge: "github", mr, keep, ending });
        };
        expect(await store.headOf("github", mr)).toBeNull();
        await news("d1", SHA, 1000);
        await news("d2", SHA, 2000);
        expect(await store.headOf("github", mr)).toEqual({ head: SHA, since: 1000 });
        await news("d3", OTHER, 3000);
        expect(await store.headOf("github", mr)).toEqual({ head: OTHER, since: 3000 });
        await news("d4", null, 4000);
        expect(await store.headOf("github", mr)).toEqual({ head: null, since: 4000 });
      });

      it("knows what a merge request asked for, and what a commit has without one", async () => {
        const summary = { kind: "tag", forge: "github", repo: { path: "rpms/hello" }, tag: "v1" } as never;
        await store.accept(aDelivery({ summary }), [
          anOrder(aBuild({ id: "pushed" })),
          anOrder(aBuild({ id: "asked" }), { mr }),
        ]);
        const ids = async (n: number | null) =>
          (await store.buildsOf("github", "rpms/hello", n, SHA)).map(({ id }) => id);
        expect([await ids(7), await ids(8), await ids(null)]).toEqual([["asked"], [], ["pushed"]]);
        expect(await store.eventOf("github", "rpms/hello", SHA)).toMatchObject({ kind: "tag", tag: "v1" });
        expect(await store.eventOf("github", "rpms/hello", OTHER)).toBeNull();
      });
    });

    describe("the summary of a commit", () => {
      const SUMMARY = `github rpms/hello ${SHA} koji`;
      const settled = { tries: 0, wakeAt: null, said: null, outcome: "set" };
      const optional = (id: string, context: string) =>
        anOrder(aBuild({ id, request: { ...aBuild().request, context, optional: true } }));

      it("has every build that a status of the commit tells of", async () => {
        const orders = [
          anOrder(),
          optional("b2", "o"),
          anOrder(aBuild({ id: "b3", sha: "b".repeat(40) })),
          anOrder(aBuild({ id: "b4", repo: "rpms/other" })),
          anOrder(aBuild({ id: "b5", forge: "work" })),
        ];
        await store.accept(aDelivery(), orders, null, aSummaryOrder());
        expect(await store.status(SUMMARY)).toMatchObject({
          kind: "summary",
          context: "koji",
          wanted: 1,
          done: 0,
          whole: {
            parts: [
              { build: { id: "b1" }, optional: false },
              { build: { id: "b2" }, optional: true },
            ],
            notices: [],
          },
        });
      });

      it.each([true, false])("a build that one rule needs is needed, if that rule came first: %s", async (first) => {
        const orders = [anOrder(aBuild(), { context: "a" }), optional("b1", "b")];
        await store.accept(aDelivery(), first ? orders : orders.toReversed(), null, aSummaryOrder());
        expect(await store.status(SUMMARY)).toMatchObject({ whole: { parts: [{ optional: false }] } });
      });

      it("is due again when one of its builds changes or comes, and only then", async () => {
        const other = anOrder(aBuild({ id: "b2", sha: "b".repeat(40) }));
        await store.accept(aDelivery(), [anOrder(), other], null, aSummaryOrder());
        const wanted = async () => {
          const record = await store.status(SUMMARY);
          await store.saveStatus(SUMMARY, { ...settled, done: record?.wanted ?? 0 });
          return record?.wanted;
        };
        expect(await wanted()).toBe(1);
        const build = await store.save(aBuild({ phase: "running", wakeAt: null }), true);
        expect((await store.due(9e12, 9)).map(({ id }) => id)).toContain(SUMMARY);
        expect(await wanted()).toBe(2);
        await store.save({ ...build, reason: "unseen" }, false);
        await store.save({ ...other.build, phase: "running" }, true);
        expect(await wanted()).toBe(2);
        await store.accept(aDelivery({ id: "d2" }), [anOrder(aBuild({ id: "b9" }), { context: "new" })]);
        expect(await wanted()).toBe(3);
        expect((await store.due(9e12, 9)).map(({ id }) => id)).not.toContain(SUMMARY);
      });

      it("waits for its forge as every word does, however its builds move", async () => {
        await store.accept(aDelivery(), [anOrder()], null, aSummaryOrder());
        await store.saveStatus(SUMMARY, { done: 0, tries: 3, wakeAt: 77_000, said: null, outcome: "down" });
        await store.save(aBuild({ phase: "running" }), true);
        expect((await store.due(76_999, 9)).map(({ id }) => id)).not.toContain(SUMMARY);
        expect((await store.due(77_000, 9)).map(({ id }) => id)).toContain(SUMMARY);
      });

      it("says what is wrong until the same cause says otherwise", async () => {
        const bad = { state: "failure", text: "no" } as const;
        const notices = async () => {
          const record = await store.status(SUMMARY);
          return record?.kind === "summary" ? record.whole.notices : record;
        };
        await store.accept(aDelivery(), [], null, aSummaryOrder({ notice: bad }));
        expect(await notices()).toEqual([bad]);
        const worse = { ...bad, text: "worse" };
        await store.accept(aDelivery({ id: "d2" }), [], null, aSummaryOrder({ cause: "tag v1", notice: worse }));
        expect(await notices()).toEqual([bad, worse]);
        await store.accept(aDelivery({ id: "d3" }), [], null, aSummaryOrder({ isNew: false }));
        expect(await notices()).toEqual([worse]);
      });

      it("is not begun for nothing", async () => {
        await store.accept(aDelivery(), [], null, aSummaryOrder({ isNew: false }));
        expect(await store.status(SUMMARY)).toBeNull();
      });

      it("is owed for a delivery that waited", async () => {
        await store.accept(aDelivery({ waiting: "asking" }), []);
        const outcome = { id: "d1", forge: "github", builds: ["b1"], ignored: null, trace: [] };
        await store.settle(outcome, [anOrder()], aSummaryOrder());
        expect(await store.status(SUMMARY)).toMatchObject({ whole: { parts: [{ build: { id: "b1" } }] } });
      });
    });

    it("most overdue first, and no more than asked", async () => {
      const orders = [3, 1, 2].map((n) => anOrder(aBuild({ id: `b${n}`, wakeAt: n, sha: String(n).repeat(40) })));
      await store.accept(aDelivery(), orders);
      const due = await store.due(2, 2);
      expect(due.filter((key) => key.kind === "build").map((key) => key.id)).toEqual(["b1", "b2"]);
    });
  });
}
