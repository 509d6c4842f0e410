import { KojibridgeError } from "../../../domain/errors.ts";
import type { SessionId } from "../../../domain/koji.ts";
import type { Caller } from "../caller.ts";
import { type From, toInt, toListOf, toStruct, toText } from "../shape.ts";
import { named } from "../xmlrpc.ts";

export interface SideTag {
  readonly id: number;
  /** Also the name of its target. */
  readonly name: string;
}

export interface OwnedSideTag extends SideTag {
  readonly owner: string;
}

export interface SideTagEdit {
  readonly debuginfo?: boolean;
  /** Names the base tag allows in `sidetag_rpm_macros_allowed`. */
  readonly macros?: Readonly<Record<string, string | number | boolean>>;
  readonly removeMacros?: readonly string[];
  /** For administrators. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly removeExtra?: readonly string[];
}

/** The hub's sidetag plugin. Macros count for repos made afterwards: build with `waitRepo` (transcript `editSideTag-macros`). */
export interface SideTagCalls {
  /** Not sent again after a lost answer, which is `ambiguous`: a second one would be left behind. `on`: on that session alone. */
  createSideTag(
    baseTag: string | number,
    options?: { readonly debuginfo?: boolean; readonly suffix?: string; readonly on?: SessionId },
  ): Promise<SideTag>;
  listSideTags(filter?: { readonly baseTag?: string; readonly owner?: string }): Promise<OwnedSideTag[]>;
  /** All or nothing. */
  editSideTag(tag: string | number, edit: SideTagEdit): Promise<void>;
  removeSideTag(tag: string | number): Promise<void>;
}

export function createSideTagCalls({ read, write }: Caller): SideTagCalls {
  return {
    async createSideTag(baseTag, { debuginfo, suffix, on } = {}) {
      const call = { resend: false, ...(on !== undefined && { on }) };
      const answer = await write("createSideTag", [baseTag, named({ debuginfo, suffix })], call);
      return toSideTag(toStruct(answer, "createSideTag"));
    },
    async listSideTags({ baseTag, owner } = {}) {
      return toListOf(await read("listSideTags", named({ basetag: baseTag, user: owner })), "listSideTags", toOwned);
    },
    async editSideTag(tag, edit) {
      await write("editSideTag", [tag, named(toEdit(edit))]);
    },
    async removeSideTag(tag) {
      await write("removeSideTag", [tag]);
    },
  };
}

/** Given both, the plugin forgets the macros to remove: `remove_extra` overwrites them (koji-facts, section 12). */
function toEdit({ debuginfo, macros, removeMacros, extra, removeExtra }: SideTagEdit): Record<string, unknown> {
  if (removeMacros !== undefined && removeExtra !== undefined) {
    throw new KojibridgeError(
      "invalid",
      "editSideTag: remove macros and other extras one after the other: given both, the hub forgets the macros",
      {
        code: "koji.sidetag_edit",
      },
    );
  }
  return { debuginfo, rpm_macros: macros, remove_rpm_macros: removeMacros, extra, remove_extra: removeExtra };
}

function toSideTag(from: From): SideTag {
  return { id: toInt(from, "id"), name: toText(from, "name") };
}

function toOwned(from: From): OwnedSideTag {
  return { ...toSideTag(from), owner: toText(from, "user_name") };
}
