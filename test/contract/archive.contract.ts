import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isKind } from "../../src/domain/errors.ts";
import type { Store } from "../../src/ports/store.ts";
import { aBuild, aDelivery, anOrder } from "./store.contract.ts";

const PAYLOAD = Buffer.from(JSON.stringify({ text: "it repeats itself ".repeat(200) }));
const MR = { repo: "rpms/hello", mr: 7 };
const SAID = { done: 9, tries: 0, wakeAt: null, said: null, outcome: "set" };

/** Every Archive has to pass these. */
export function archiveContract(name: string, open: () => Promise<Store>): void {
  describe(`${name}: archive`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    /** A build of a commit of its own that has ended at that time, with a delivery of its own. */
    async function ended(n: number, at: number, mr: typeof MR | null = null) {
      const id = `b${n}`;
      const build = aBuild({ id, sha: String(n).repeat(40), delivery: `d${n}`, phase: "succeeded" });
      const over = { ...build, wakeAt: null, createdAt: at, updatedAt: at, finishedAt: at };
      await store.accept(aDelivery({ id: `d${n}`, receivedAt: at, builds: [id], payload: PAYLOAD }), [
        anOrder(over, { mr }),
      ]);
    }

    /** Everything that is owed is told. */
    async function tellAll() {
      for (const { kind, id } of await store.due(Number.MAX_SAFE_INTEGER, 100)) {
        if (kind === "status") await store.saveStatus(id, SAID);
        if (kind === "comment") await store.saveComment(id, { ...SAID, comment: "1" });
      }
    }

    it("packs payloads, which read as before, and forgets them", async () => {
      await ended(1, 1_000);
      await ended(2, 5_000);
      expect(await store.forget("payload", 9_000, 10)).toBe(0);
      expect(await store.pack(2_000, 10)).toBe(1);
      expect(await store.pack(2_000, 10)).toBe(0);
      expect((await store.delivery("d1"))?.payload).toEqual(PAYLOAD);
      expect(await store.pack(9_000, 10)).toBe(1);
      expect(await store.forget("payload", 2_000, 10)).toBe(1);
      expect(await store.forget("payload", 2_000, 10)).toBe(0);
      expect((await store.delivery("d1"))?.payload).toEqual(Buffer.alloc(0));
      expect(await store.delivery("d1")).toMatchObject({ builds: ["b1"], event: "push" });
      expect((await store.delivery("d2"))?.payload).toEqual(PAYLOAD);
    });

    it("keeps what waits for its forge, as it is", async () => {
      await store.accept(aDelivery({ waiting: "the forge is asked", builds: [], payload: PAYLOAD }), []);
      expect(await store.pack(9_000, 10)).toBe(0);
      expect(await store.forget("delivery", 9_000, 10)).toBe(0);
      expect((await store.waiting("github d1"))?.delivery.payload).toEqual(PAYLOAD);
    });

    it("forgets deliveries of before, and keeps those whose builds go on", async () => {
      await ended(1, 1_000);
      await ended(2, 5_000);
      await store.accept(aDelivery({ id: "d3", builds: ["b3"] }), [
        anOrder(aBuild({ id: "b3", delivery: "d3", sha: "3".repeat(40) })),
      ]);
      expect(await store.forget("delivery", 5_000, 10)).toBe(1);
      expect(await store.delivery("d1")).toBeNull();
      expect(await store.delivery("d2")).not.toBeNull();
      expect(await store.delivery("d3")).not.toBeNull();
    });

    it("forgets builds that ended before, with their words, a few at a time", async () => {
      for (const n of [1, 2, 3, 4]) await ended(n, n * 1_000);
      await tellAll();
      expect(await store.forget("build", 4_000, 2)).toBe(2);
      expect(await store.forget("build", 4_000, 2)).toBe(1);
      expect(await store.forget("build", 4_000, 2)).toBe(0);
      expect((await store.builds({ limit: 10 })).map(({ id }) => id)).toEqual(["b4"]);
      expect(await store.words("b1")).toEqual([]);
      expect(await store.words("b4")).not.toEqual([]);
    });

    it("keeps builds that go on, however old", async () => {
      await store.accept(aDelivery(), [anOrder(aBuild({ wakeAt: null }))]);
      await tellAll();
      expect(await store.forget("build", 9_000, 10)).toBe(0);
    });

    it("keeps builds whose word is owed", async () => {
      await ended(1, 1_000);
      expect(await store.forget("build", 9_000, 10)).toBe(0);
      await tellAll();
      expect(await store.forget("build", 9_000, 10)).toBe(1);
    });

    it("keeps what an open merge request lists until it is closed", async () => {
      const ending = { phase: "canceled", reason: "merge request closed" } as const;
      await ended(1, 1_000, MR);
      await store.accept(aDelivery({ id: "open", receivedAt: 1_100 }), [], {
        forge: "github",
        mr: MR,
        keep: "1".repeat(40),
        ending,
      });
      await tellAll();
      expect(await store.forget("build", 9_000, 10)).toBe(0);
      await store.accept(aDelivery({ id: "shut", receivedAt: 1_200 }), [], {
        forge: "github",
        mr: MR,
        keep: null,
        ending,
      });
      await tellAll();
      expect(await store.forget("build", 9_000, 10)).toBe(1);
      expect(await store.headOf("github", MR)).toBeNull();
    });

    it("a build that was forgotten is a new one when it is asked for again", async () => {
      await ended(1, 1_000);
      await tellAll();
      await store.forget("build", 9_000, 10);
      const again = aBuild({ id: "b1", sha: "1".repeat(40), delivery: "d9" });
      await store.accept(aDelivery({ id: "d9" }), [anOrder(again)]);
      expect(await store.build("b1")).toMatchObject({ phase: "queued", delivery: "d9" });
    });

    it("counts from the newest", async () => {
      for (const n of [1, 2, 3]) await ended(n, n * 1_000);
      expect(await store.nthNewest("build", 1)).toBe(3_000);
      expect(await store.nthNewest("build", 3)).toBe(1_000);
      expect(await store.nthNewest("build", 4)).toBeNull();
      expect(await store.nthNewest("delivery", 2)).toBe(2_000);
    });

    it("several at once do not disturb each other", async () => {
      for (const n of [1, 2, 3, 4, 5]) await ended(n, 1_000);
      await tellAll();
      const both = await Promise.allSettled([store.forget("build", 9_000, 10), store.forget("build", 9_000, 10)]);
      for (const one of both) if (one.status === "rejected") expect(isKind(one.reason, "conflict")).toBe(true);
      expect(await store.builds({ limit: 10 })).toEqual([]);
    });

    it("shrinks", () => expect(store.shrink()).resolves.toBeUndefined());
  });
}
