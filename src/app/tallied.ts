import type { Tally } from "../ports/tally.ts";
import type { Save } from "./save.ts";

/** The same, and what was saved is counted. */
export function tallied(save: Save, tally: Tally): Save {
  return async (before, after, under) => {
    const saved = await save(before, after, under);
    tally.saved(before, saved);
    return saved;
  };
}
