import type { Build } from "../domain/build.ts";
import { looksSame } from "../domain/transitions.ts";
import type { BuildStore } from "../ports/store.ts";

export type Save = (before: Build, after: Build) => Promise<Build>;

/** Saves a change, and makes the words about it due only if people would read something new. */
export function createSave(store: BuildStore, nudge: () => void): Save {
  return async (before, after) => {
    const visible = !looksSame(before, after);
    const saved = await store.save(after, visible);
    if (visible || (after.wakeAt !== null && after.wakeAt <= after.updatedAt)) nudge();
    return saved;
  };
}
