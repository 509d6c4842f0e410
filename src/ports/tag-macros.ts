import type { TagMacros } from "../domain/tag-macros.ts";

/** Errors as of every store method: `transient`, `bug`. */
export interface TagMacroStore {
  /** Null: that tag was never touched. */
  tagMacros(hub: string, tag: string): Promise<TagMacros | null>;
  /**
   * Saves what was loaded at `revision`, 0 for what is new, and returns it with the next one.
   * @throws `conflict` when the record moved since it was loaded
   */
  saveTagMacros(record: TagMacros): Promise<TagMacros>;
}
