import type { Guard } from "./build.ts";
import { quote } from "./placeholders.ts";
import { EN, say } from "./words/words.ts";

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
  const named = { branch: quote(name) };
  if (branch === null) return { why: say(EN, "why_no_branch", named), help: null, mayBeLate: true };
  if (!branch.protected && !guard.unprotected)
    return { why: say(EN, "why_branch_unprotected", named), help: EN.why_protect_branch, mayBeLate: false };
  return isThere ? null : { why: say(EN, "why_not_on_branch", named), help: null, mayBeLate: true };
}

/** What the tag alone shows. If that is not enough, but it is there, one of `guard.branches` may do. */
export function ofTag({ name, branches, unprotected }: Guard, tag: Shown | null, sha: string): Doubt | null {
  const named = { tag: quote(name) };
  if (tag === null) return { why: say(EN, "why_no_tag", named), help: null, mayBeLate: true };
  if (tag.sha !== sha) return { why: say(EN, "why_tag_moved", named), help: null, mayBeLate: true };
  if (tag.protected || (unprotected && branches.length === 0)) return null;
  const reason =
    branches.length === 0
      ? EN.why_from_empty
      : say(EN, "why_not_on_from", { branches: branches.map(quote).join(", ") });
  const help = branches.length === 0 ? EN.why_protect_tag : null;
  return { why: say(EN, "why_tag_unprotected", { ...named, reason }), help, mayBeLate: branches.length > 0 };
}

export function refusal({ why, help }: Doubt): string {
  return help === null ? say(EN, "why_not_real", { reason: why }) : say(EN, "why_not_real_help", { reason: why, help });
}
