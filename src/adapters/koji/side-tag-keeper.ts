import type { SideTagKeeper } from "../../ports/sidetags.ts";
import type { User } from "./calls/system.ts";
import { toMacros } from "./calls/tags.ts";
import { isFault } from "./faults.ts";
import type { KojiCalls } from "./hub.ts";

/** The hub's sidetag plugin as the core asks for it. */
export function createSideTagKeeper(koji: KojiCalls, me: () => Promise<User>): SideTagKeeper {
  return {
    createSideTag: (session, base) => koji.createSideTag(base, { on: session }),

    async sideTagsOf(base) {
      const { name } = await me();
      const ours = await koji.listSideTags({ baseTag: base, owner: name });
      return ours.map(({ id, name }) => ({ id, name })).sort((a, b) => a.id - b.id);
    },

    async sideTagMacros(name) {
      const tag = await koji.getTag(name);
      return tag === null ? null : toMacros(tag.extra);
    },

    isEmptyTag: async (name) => (await koji.listTagged(name)).length === 0,

    /** Two calls where something has to go: given both at once, what is to be removed has to be there. */
    async setSideTagMacros(name, macros) {
      const now = toMacros((await koji.getTag(name))?.extra ?? {});
      const changed = Object.entries(macros).filter(([macro, value]) => now[macro] !== value);
      const surplus = Object.keys(now).filter((macro) => !Object.hasOwn(macros, macro));
      if (changed.length > 0) await koji.editSideTag(name, { macros: Object.fromEntries(changed) });
      if (surplus.length > 0) await koji.editSideTag(name, { removeMacros: surplus });
    },

    async removeSideTag(name) {
      try {
        await koji.removeSideTag(name);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
  };
}

/** Transcript `removeSideTag-again`. */
function isGone(error: unknown): boolean {
  return isFault(error, 1000) && String(error.context.text).startsWith("No such tagInfo");
}
