import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../src/ports/store.ts";
import { aBuild, aDelivery, anOrder } from "./store.contract.ts";

/** Every CensusTaker has to pass these. */
export function censusContract(name: string, open: () => Promise<Store>): void {
  describe(`${name}: census`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it("of nothing is nothing", async () => {
      const kinds = ["delivery", "build", "status", "comment"];
      expect(await store.census(5_000)).toEqual({
        builds: [],
        due: kinds.map((kind) => ({ kind, count: 0 })),
        oldestOwed: null,
      });
    });

    it("counts what is unfinished, what is due, and what is owed", async () => {
      const ended = aBuild({ id: "b3", phase: "failed", finishedAt: 900, wakeAt: null, sha: "b".repeat(40) });
      const builds = [aBuild(), aBuild({ id: "b2", sha: "c".repeat(40), wakeAt: 9_000, updatedAt: 800 }), ended];
      await store.accept(
        aDelivery(),
        builds.map((build) => anOrder(build)),
      );
      const census = await store.census(5_000);
      expect(census.builds).toEqual([{ hub: "fedora", target: "f42", phase: "queued", count: 2 }]);
      expect(census.due).toContainEqual({ kind: "build", count: 1 });
      expect(census.due).toContainEqual({ kind: "status", count: 3 });
      expect(census.oldestOwed).toBe(800);
    });
  });
}
