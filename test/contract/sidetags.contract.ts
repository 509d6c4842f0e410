import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isKind } from "../../src/domain/errors.ts";
import { named, refusedTag, type SideTag, toCreating, toGone, toReady } from "../../src/domain/sidetag.ts";
import { untouched } from "../../src/domain/tag-macros.ts";
import type { Store } from "../../src/ports/store.ts";
import { aBuild, aDelivery, anOrder } from "./store.contract.ts";

const MR = { repo: "rpms/hello", mr: 7 };

function aTag(change: Partial<SideTag> = {}): SideTag {
  return {
    id: "s1",
    revision: 1,
    place: { forge: "github", repo: MR.repo, mr: MR.mr, ref: "!7" },
    hub: "fedora",
    base: "f42-build",
    macros: { dist: ".an8" },
    phase: "wanted",
    name: null,
    intent: null,
    reason: null,
    tries: 0,
    wakeAt: 1000,
    usedAt: 1000,
    createdAt: 1000,
    updatedAt: 1000,
    ...change,
  };
}

const B1 = { id: "b1", attempt: 1 };

/** Every implementation of the side tags' store keeps these promises. */
export function sideTagContract(name: string, open: () => Promise<Store>): void {
  describe(`side tags: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const ready = async (tag: SideTag) =>
      store.saveSideTag(toReady(named(tag, "f42-build-side-9", 2000), 1_000_000, 2000), true);

    it("gives back what it was given, and is due", async () => {
      expect(await store.wantSideTag(aTag(), B1)).toEqual(aTag());
      expect(await store.sidetag("s1")).toEqual(aTag());
      expect(await store.sidetag("other")).toBeNull();
      expect(await store.due(5000, 10)).toEqual([{ kind: "sidetag", id: "s1", lane: "fedora" }]);
      const full = aTag({ phase: "creating", intent: { session: 4, newest: 8 }, reason: "x", wakeAt: null, tries: 3 });
      await store.saveSideTag(full, false);
      expect(await store.sidetag("s1")).toEqual({ ...full, revision: 2 });
    });

    it("is one, whoever wants it and how often", async () => {
      const tag = await ready(await store.wantSideTag(aTag(), B1));
      const later = aTag({ updatedAt: 3000, usedAt: 3000 });
      expect(await store.wantSideTag(later, { id: "b2", attempt: 1 })).toEqual(tag);
      expect(await store.wantSideTag(later, B1)).toEqual(tag);
      expect(await store.sideTagNames("fedora")).toEqual(new Set(["f42-build-side-9"]));
      expect(await store.sideTagNames("other")).toEqual(new Set());
    });

    it("a use is remembered, now and then", async () => {
      const tag = await ready(await store.wantSideTag(aTag(), B1));
      const used = await store.wantSideTag(aTag({ updatedAt: 100_000 }), B1);
      expect(used).toEqual({ ...tag, usedAt: 100_000, revision: tag.revision + 1 });
    });

    it("one record of a hub and base has an intent at a time", async () => {
      const [one, two, three] = [aTag(), aTag({ id: "s2" }), aTag({ id: "s3", base: "c9s-build" })];
      for (const tag of [one, two, three]) await store.wantSideTag(tag, B1);
      const intent = { session: 4, newest: 8 };
      const claimed = await store.claimSideTag(toCreating(one, intent, 2000));
      expect(claimed).toMatchObject({ id: "s1", revision: 2, intent });
      expect(await store.claimSideTag(toCreating(two, intent, 2000))).toBeNull();
      expect(await store.claimSideTag(toCreating(three, intent, 2000))).toMatchObject({ id: "s3" });
      await expect(store.saveSideTag(toCreating(two, intent, 2000), false)).rejects.toThrow();
      if (claimed !== null) await store.saveSideTag(named(claimed, "n", 3000), false);
      expect(await store.claimSideTag(toCreating(two, intent, 3000))).toMatchObject({ id: "s2" });
    });

    it("both at the same moment: one gets it", async () => {
      for (const id of ["s1", "s2"]) await store.wantSideTag(aTag({ id }), B1);
      const claims = ["s1", "s2"].map((id) =>
        store.claimSideTag(toCreating(aTag({ id }), { session: 4, newest: 8 }, 2000)),
      );
      const got = await Promise.allSettled(claims);
      expect(got.filter((one) => one.status === "fulfilled" && one.value !== null)).toHaveLength(1);
    });

    it("refuses what moved since it was loaded", async () => {
      const tag = await store.wantSideTag(aTag(), B1);
      await store.saveSideTag(tag, false);
      expect(isKind(await store.saveSideTag(tag, false).catch((error) => error), "conflict")).toBe(true);
      expect(isKind(await store.claimSideTag(tag).catch((error) => error), "conflict")).toBe(true);
    });

    it("news wake the builds that wait, and no others; one just being put to sleep finds that it moved", async () => {
      const builds = ["b1", "b2", "b3"].map((id) => aBuild({ id, wakeAt: 90_000 }));
      await store.accept(
        aDelivery(),
        builds.map((build) => anOrder(build, { context: build.id })),
      );
      const running = await store.save({ ...aBuild({ id: "b2" }), phase: "running", wakeAt: 90_000 }, false);
      for (const id of ["b1", "b2"]) await store.wantSideTag(aTag(), { id, attempt: 1 });
      await ready(aTag());
      expect(await store.build("b1")).toMatchObject({ wakeAt: 2000, revision: 2 });
      expect(await store.build("b2")).toEqual(running);
      expect(await store.build("b3")).toMatchObject({ wakeAt: 90_000, revision: 1 });
      expect(isKind(await store.save(aBuild(), false).catch((error) => error), "conflict")).toBe(true);
      expect(await store.sideTagUsers("s1")).toBe(1);
    });

    it("gone: wanted anew by whoever asks; a refusal counts for those who were there", async () => {
      const now = { updatedAt: 5000 };
      const first = await store.wantSideTag(aTag(), B1);
      const gone = await store.saveSideTag(toGone(first, 3000), false);
      const again = await store.wantSideTag(aTag(now), B1);
      expect(again).toMatchObject({ phase: "wanted", wakeAt: 5000, revision: gone.revision + 1 });
      await store.saveSideTag(refusedTag(again, "policy", 6000), true);
      expect(await store.wantSideTag(aTag(now), B1)).toMatchObject({ phase: "gone", reason: "policy" });
      expect(await store.wantSideTag(aTag(now), { id: "b1", attempt: 2 })).toMatchObject({
        phase: "wanted",
        reason: null,
      });
    });

    it("is not made for a build whose merge request was closed since it was loaded", async () => {
      await store.accept(aDelivery(), [anOrder(aBuild(), { mr: MR })]);
      expect(await store.wantSideTag(aTag(), B1)).toMatchObject({ phase: "wanted" });
      const ending = { phase: "canceled", reason: "merge request closed" } as const;
      await store.accept(aDelivery({ id: "d2" }), [], { forge: "github", mr: MR, keep: null, ending });
      const late = [aTag({ updatedAt: 5000 }), aTag({ id: "s2", macros: {} })];
      for (const tag of late)
        expect(isKind(await store.wantSideTag(tag, B1).catch((error) => error), "conflict")).toBe(true);
      expect(await store.sidetag("s1")).toMatchObject({ phase: "removing" });
      expect(await store.sidetag("s2")).toBeNull();
    });

    it("what was done to a tag's macros is one record, and never lost to a second writer", async () => {
      expect(await store.tagMacros("fedora", "f42-build")).toBeNull();
      const first = {
        ...untouched("fedora", "f42-build"),
        saved: { dist: { value: ".fc42" }, x: null },
        users: ["b1"],
      };
      const saved = await store.saveTagMacros(first);
      expect(saved).toEqual({ ...first, revision: 1 });
      expect(await store.tagMacros("fedora", "f42-build")).toEqual(saved);
      expect(isKind(await store.saveTagMacros(first).catch((error) => error), "conflict")).toBe(true);
      const next = await store.saveTagMacros({ ...saved, users: [] });
      expect(next.revision).toBe(2);
      expect(isKind(await store.saveTagMacros(saved).catch((error) => error), "conflict")).toBe(true);
      expect(await store.tagMacros("other", "f42-build")).toBeNull();
    });

    it("the end of a merge request is the end of its side tags, but for those of others", async () => {
      const others: Partial<SideTag>[] = [
        { id: "s2", place: { ...aTag().place, mr: 8, ref: "!8" } },
        { id: "s3", place: { ...aTag().place, mr: null, ref: "branch main" } },
        { id: "s4", place: { ...aTag().place, forge: "work" } },
      ];
      for (const change of [{}, ...others]) await store.wantSideTag(aTag(change), B1);
      const creating = toCreating(aTag(), { session: 4, newest: 8 }, 2000);
      await store.claimSideTag(creating);
      const ending = { phase: "canceled", reason: "merge request closed" } as const;
      const withdrawal = { forge: "github", mr: MR, keep: "a".repeat(40), ending };
      await store.accept(aDelivery({ id: "d2" }), [], withdrawal);
      expect(await store.sidetag("s1")).toMatchObject({ phase: "creating" });
      await store.accept(aDelivery({ id: "d3", receivedAt: 4000 }), [], { ...withdrawal, keep: null });
      // What may be under way is still to be found out.
      expect(await store.sidetag("s1")).toMatchObject({ phase: "removing", wakeAt: 4000, intent: creating.intent });
      for (const { id = "" } of others) expect(await store.sidetag(id)).toMatchObject({ phase: "wanted" });
    });
  });
}
