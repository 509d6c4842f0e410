import type { Guard } from "./build.ts";
import { quote } from "./placeholders.ts";

/** Why a real build may not be made. */
export interface Doubt {
  /** One line, which ends where `help` goes on. */
  readonly why: string;
  /** What to do about it. */
  readonly help: string | null;
  /** The forge may only be behind: it is asked again before this is believed. */
  readonly mayBeLate: boolean;
}

interface Shown {
  readonly sha: string;
  readonly protected: boolean;
}

/** `isThere`: the branch has the commit in its history. */
export function ofBranch(guard: Guard, name: string, branch: Shown | null, isThere: boolean): Doubt | null {
  if (branch === null) return { why: `there is no branch ${quote(name)}`, help: null, mayBeLate: true };
  if (!branch.protected && !guard.unprotected)
    return { why: `branch ${quote(name)} is not protected`, help: "protect it on the forge", mayBeLate: false };
  return isThere ? null : { why: `commit is not on branch ${quote(name)}`, help: null, mayBeLate: true };
}

/** What the tag alone shows. If that is not enough, but it is there, one of `guard.branches` may do. */
export function ofTag({ name, branches, unprotected }: Guard, tag: Shown | null, sha: string): Doubt | null {
  if (tag === null) return { why: `there is no tag ${quote(name)}`, help: null, mayBeLate: true };
  if (tag.sha !== sha) return { why: `tag ${quote(name)} is at another commit`, help: null, mayBeLate: true };
  if (tag.protected || (unprotected && branches.length === 0)) return null;
  const where =
    branches.length === 0
      ? "`build.from` names no branch"
      : `commit is not on an allowed, protected branch (${branches.map(quote).join(", ")})`;
  const help = branches.length === 0 ? "protect the tag on the forge" : null;
  return { why: `tag ${quote(name)} is not protected and ${where}`, help, mayBeLate: branches.length > 0 };
}

export function refusal({ why, help }: Doubt): string {
  return `no real build: ${why}${help === null ? "" : `; ${help}`}`;
}
