import type { Caller } from "../caller.ts";
import { type From, toFlag, toInt, toMembers, toNullable, toOptionalText, toText } from "../shape.ts";
import type { XmlRpcStruct } from "../xmlrpc.ts";

export interface BuildTarget {
  readonly id: number;
  readonly name: string;
  readonly buildTag: string;
  readonly buildTagId: number;
  readonly destTag: string;
  readonly destTagId: number;
}

export interface Tag {
  readonly id: number;
  readonly name: string;
  readonly arches: readonly string[];
  readonly locked: boolean;
  /** The permission needed to change it, or null. */
  readonly permission: string | null;
  /** Values of any type: `rpm.macro.NAME`, `mock.*`, … (koji-facts, section 12). */
  readonly extra: XmlRpcStruct;
}

export interface TargetCalls {
  getBuildTarget(target: string | number): Promise<BuildTarget | null>;
  /** With its own extras only; see getBuildConfig for the effective ones. */
  getTag(tag: string | number): Promise<Tag | null>;
}

export function createTargetCalls({ read }: Caller): TargetCalls {
  return {
    async getBuildTarget(target) {
      return toNullable(await read("getBuildTarget", target), "getBuildTarget", toBuildTarget);
    },
    async getTag(tag) {
      return toNullable(await read("getTag", tag), "getTag", toTag);
    },
  };
}

export function toBuildTarget(from: From): BuildTarget {
  return {
    id: toInt(from, "id"),
    name: toText(from, "name"),
    buildTag: toText(from, "build_tag_name"),
    buildTagId: toInt(from, "build_tag"),
    destTag: toText(from, "dest_tag_name"),
    destTagId: toInt(from, "dest_tag"),
  };
}

export function toTag(from: From): Tag {
  return {
    id: toInt(from, "id"),
    name: toText(from, "name"),
    arches: (toOptionalText(from, "arches") ?? "").split(/\s+/).filter((arch) => arch !== ""),
    locked: toFlag(from, "locked"),
    permission: toOptionalText(from, "perm"),
    extra: toMembers(from, "extra"),
  };
}
