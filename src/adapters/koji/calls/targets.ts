import type { Caller } from "../caller.ts";
import { type From, toInt, toListOf, toNullable, toText } from "../shape.ts";

export interface BuildTarget {
  readonly id: number;
  readonly name: string;
  readonly buildTag: string;
  readonly buildTagId: number;
  readonly destTag: string;
  readonly destTagId: number;
}

export interface TargetCalls {
  getBuildTarget(target: string | number): Promise<BuildTarget | null>;
  getBuildTargets(): Promise<BuildTarget[]>;
}

export function createTargetCalls({ read }: Caller): TargetCalls {
  return {
    async getBuildTarget(target) {
      return toNullable(await read("getBuildTarget", target), "getBuildTarget", toBuildTarget);
    },
    async getBuildTargets() {
      return toListOf(await read("getBuildTargets"), "getBuildTargets", toBuildTarget);
    },
  };
}

function toBuildTarget(from: From): BuildTarget {
  return {
    id: toInt(from, "id"),
    name: toText(from, "name"),
    buildTag: toText(from, "build_tag_name"),
    buildTagId: toInt(from, "build_tag"),
    destTag: toText(from, "dest_tag_name"),
    destTagId: toInt(from, "dest_tag"),
  };
}
