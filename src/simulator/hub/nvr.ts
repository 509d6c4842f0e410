import { createHash } from "node:crypto";

export interface Nvr {
  readonly name: string;
  readonly version: string;
  readonly release: string;
}

/** The world has no spec files: version 1.0, release `1.g<commit>` plus the dist macro of the build tag. */
export function nvrOfCommit(name: string, revision: string, dist: string): Nvr {
  const commit = /^[0-9a-f]{7,}$/.test(revision) ? revision : createHash("sha1").update(revision).digest("hex");
  return { name, version: "1.0", release: `1.g${commit.slice(0, 7)}${dist}` };
}

/** `bash-5.2-1.fc42` or the file name of a package; undefined when it is none. */
export function parseNvr(text: string): Nvr | undefined {
  const match = /^(.+)-([^-]+)-([^-]+)$/.exec(text);
  if (match === null) return undefined;
  const [, name = "", version = "", release = ""] = match;
  return { name, version, release };
}

export function formatNvr({ name, version, release }: Nvr): string {
  return `${name}-${version}-${release}`;
}
