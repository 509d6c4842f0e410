import { readFileSync, writeFileSync } from "node:fs";
import { KojibridgeError } from "../../domain/errors.ts";
import type { OwnMacros } from "../../domain/macro-diff.ts";

/** What a tag had before an edit; `restore` takes it. */
export interface Backup {
  readonly version: 1;
  readonly hub: string;
  readonly tag: string;
  readonly takenAt: string;
  readonly macros: OwnMacros;
}

/** Into a new file beside wherever the command runs; its name. */
export function writeBackup(hub: string, tag: string, macros: OwnMacros, now: Date): string {
  const takenAt = now.toISOString();
  const backup: Backup = { version: 1, hub, tag, takenAt, macros };
  const file = `macros-${tag.replaceAll(/[^\w.-]/g, "_")}-${takenAt.replaceAll(/[:.]/g, "")}.json`;
  writeFileSync(file, `${JSON.stringify(backup, null, 2)}\n`, { flag: "wx" });
  return file;
}

/** @throws `invalid` when it is none of ours */
export function readBackup(file: string): Backup {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isBackup(value)) return value;
  } catch (cause) {
    throw new KojibridgeError("invalid", `${file} cannot be read as JSON`, { cause });
  }
  throw new KojibridgeError("invalid", `${file} is no backup that \`kojibridge macros\` wrote`);
}

function isBackup(value: unknown): value is Backup {
  if (typeof value !== "object" || value === null) return false;
  const { version, hub, tag, macros } = value as Partial<Record<keyof Backup, unknown>>;
  const named = typeof hub === "string" && typeof tag === "string";
  return version === 1 && named && typeof macros === "object" && macros !== null && !Array.isArray(macros);
}
