import type { Build } from "../domain/build.ts";
import { looksSame } from "../domain/transitions.ts";
import type { Held } from "../ports/leases.ts";
import type { BuildStore } from "../ports/store.ts";

/** `under`: only while that lease has not changed hands. */
export type Save = (before: Build, after: Build, under?: Held) => Promise<Build>;

/** Saves a change, and makes the words about it due only if people would read something new. */
export function createSave(store: Pick<BuildStore, "save">, nudge: () => void): Save {
  return async (before, after, under) => {
    const visible = !looksSame(before, after);
    const saved = await store.save(after, visible, under ?? null);
    if (visible || (after.wakeAt !== null && after.wakeAt <= after.updatedAt)) nudge();
    return saved;
  };
}
