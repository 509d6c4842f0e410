import { KojibridgeError } from "../../domain/errors.ts";
import type { SystemCalls } from "./calls/system.ts";

/** What a hub can do. Most things show in its list of methods; the rest in its version. */
export interface Capabilities {
  /** [1, 35, 3]; null on hubs older than 1.23. */
  readonly version: readonly number[] | null;
  has(method: string): boolean;
  /** @throws KojibridgeError `rejected` in words when it is missing */
  require(method: string): void;
  readonly sideTags: boolean;
  /** Macros of side tags can be edited by their owners: since 1.33. */
  readonly sideTagMacros: boolean;
  readonly repoRequests: boolean;
  /** Builds keep `custom_user_metadata`: since 1.32. Older hubs keep it in the task's request all the same. */
  readonly buildMetadata: boolean;
  readonly draftBuilds: boolean;
  /** Sessions can be closed by their id, and so fenced: since 1.31. */
  readonly fence: boolean;
}

export async function detectCapabilities(koji: SystemCalls): Promise<Capabilities> {
  const [text, methods] = await Promise.all([koji.getKojiVersion(), koji.listMethods()]);
  const version = text === null ? null : text.split(".").map((part) => Number.parseInt(part, 10));
  const known = new Set(methods);
  const since = (minor: number): boolean => version !== null && isSince(version, minor);
  return {
    version,
    has: (method) => known.has(method),
    require(method) {
      if (known.has(method)) return;
      const message = `the hub (Koji ${text ?? "older than 1.23"}) has no ${method}: it is too old for it, or lacks a plugin`;
      throw new KojibridgeError("rejected", message, { code: "koji.no_method", context: { method, version: text } });
    },
    sideTags: known.has("createSideTag"),
    sideTagMacros: known.has("editSideTag") && since(33),
    repoRequests: known.has("repo.request"),
    buildMetadata: since(32),
    draftBuilds: known.has("promoteBuild"),
    fence: since(31),
  };
}

function isSince([major = 0, minor = 0]: readonly number[], wanted: number): boolean {
  return major > 1 || (major === 1 && minor >= wanted);
}
