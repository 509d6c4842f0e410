import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLeases } from "../../src/app/leases.ts";
import type { Build } from "../../src/domain/build.ts";
import { isKind } from "../../src/domain/errors.ts";
import type { Store } from "../../src/ports/store.ts";
import { until } from "../support/worlds.ts";
import { aBuild, aDelivery, anOrder } from "./store.contract.ts";

const LONG = 60_000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** What every store promises about who does what. */
export function leaseContract(name: string, open: () => Promise<Store>): void {
  describe(`leases: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const tokens = async (holder: string, names: string[], ms = LONG) =>
      Object.fromEntries((await store.hold(holder, names, ms)).map((lease) => [lease.name, lease.token]));
    /** The lease runs out, by the database's clock. */
    const over = (lease: string) =>
      until(
        () => store.isHeld(lease),
        (held) => !held,
      );

    it("go to one, who keeps its token while it renews", async () => {
      expect(await tokens("a", ["x", "y"])).toEqual({ x: 1, y: 1 });
      expect(await tokens("b", ["x", "z"])).toEqual({ z: 1 });
      expect(await tokens("a", ["x", "y", "z"])).toEqual({ x: 1, y: 1 });
      expect([await store.isHeld("x"), await store.isHeld("never")]).toEqual([true, false]);
    });

    it("that are over go to whoever comes, with another token", async () => {
      await store.hold("a", ["x"], 1);
      await over("x");
      expect(await tokens("b", ["x"])).toEqual({ x: 2 });
      expect(await tokens("a", ["x"])).toEqual({});
    });

    it("that are given up are free at once, and only those of that holder", async () => {
      await store.hold("a", ["x"], LONG);
      await store.hold("b", ["y"], LONG);
      await store.release("a");
      expect([await store.isHeld("x"), await store.isHeld("y")]).toEqual([false, true]);
      expect(await tokens("c", ["x", "y"])).toEqual({ x: 2 });
    });

    it("of twenty who come at the same moment, one takes it", async () => {
      for (let round = 1; round <= 5; round++) {
        const holders = Array.from({ length: 20 }, (_, i) => `${round} ${i}`);
        const taken = await Promise.all(holders.map((holder) => tokens(holder, ["x", "y"])));
        expect(taken.filter((one) => "x" in one)).toEqual([{ x: round, y: round }]);
        for (const holder of holders) await store.release(holder);
      }
    });

    it("nudges reach the holder with its next renewal", async () => {
      await store.hold("a", ["x", "y"], LONG);
      await store.nudge("x");
      await store.nudge("nobody");
      const nudges = (await store.hold("a", ["x", "y"], LONG)).map((lease) => [lease.name, lease.nudges]);
      expect(Object.fromEntries(nudges)).toEqual({ x: 1, y: 0 });
    });

    it("who holds one writes under it; who was paused meanwhile writes no more", async () => {
      await store.accept(aDelivery(), [anOrder()]);
      const save = (change: Partial<Build>, under?: { name: string; token: number }) =>
        store.save(aBuild(change), false, under);
      const [old] = await store.hold("a", ["watch fedora"], 1);
      await save({ reason: "while it held it" }, old);
      await over("watch fedora");
      await save({ revision: 2, reason: "nobody has taken it yet" }, old);
      const [young] = await store.hold("b", ["watch fedora"], LONG);
      // The record has not moved: it is the token alone that refuses.
      const late = await save({ revision: 3, reason: "late" }, old).catch((error: unknown) => error);
      expect(isKind(late, "conflict")).toBe(true);
      expect(await store.build("b1")).toMatchObject({ revision: 3, reason: "nobody has taken it yet" });
      await save({ revision: 3, reason: "the new one" }, young);
      expect(await store.build("b1")).toMatchObject({ revision: 4, reason: "the new one" });
    });

    it("are taken at once from a process that is gone, soon from one that has stopped, and its holder knows", async () => {
      const nudged: string[] = [];
      const common = { store, log: silent, onNudge: (lease: string) => void nudged.push(lease) };
      const holder = (name: string) => ({ name, isGone: (other: string) => other === "gone" });
      await store.hold("gone", ["watch"], LONG);
      const one = createLeases({ ...common, holder: holder("one"), names: () => ["process one", "watch"] });
      await one.ready;
      const two = createLeases({ ...common, holder: holder("two"), names: () => ["process two", "watch"] });
      await two.ready;
      expect([one.held("watch")?.token, two.held("watch")]).toEqual([2, null]);
      await store.nudge("watch");
      await until(
        () => nudged,
        (seen) => seen.length === 1,
      );
      await one.stop();
      expect([one.held("watch"), await store.isHeld("process one")]).toEqual([null, false]);
      await until(
        () => two.held("watch")?.token,
        (token) => token === 3,
      );
      await two.stop();
    });
  });
}
