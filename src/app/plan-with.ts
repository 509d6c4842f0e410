import type { CommentMode } from "../domain/build.ts";
import type { CommandKind } from "../domain/commands.ts";
import { isKind } from "../domain/errors.ts";
import type { ForgeEvent, Person } from "../domain/event.ts";
import { mayAs, type Role } from "../domain/role.ts";
import { type Plan, plan, type RepoEntry, type Rule } from "../domain/rules.ts";
import type { ForgeFacts } from "../ports/forge.ts";

export interface PlanDeps {
  readonly rules: readonly Rule[];
  readonly repos: readonly RepoEntry[];
  readonly comments: CommentMode;
  /** What access to the repo each command needs. */
  readonly roles: Readonly<Record<CommandKind, Role>>;
}

export interface Planned extends Plan {
  /** Code of a fork that needs nobody's leave: whoever opened the merge request may give it. */
  readonly trusted: boolean;
}

/** The plan of an event, with what the forge says where the payload does not. With no forge to ask, the careful plan. */
export async function planWith(event: ForgeEvent, facts: ForgeFacts | null, deps: PlanDeps): Promise<Planned> {
  const careful = plan(event, deps.rules, deps);
  if (facts === null) return { ...careful, trusted: false };
  const needsPaths = careful.trace.some((entry) => entry.needsPaths === true);
  const outcome = needsPaths ? plan(event, deps.rules, deps, await facts.changedPaths(event)) : careful;
  const asks = outcome.builds.some(({ approval }) => approval);
  return { ...outcome, trusted: asks && (await isTrusted(event, facts, deps.roles.approve)) };
}

/** Not whoever caused this event: a maintainer who sets a label vouches for nothing. */
async function isTrusted(event: ForgeEvent, facts: ForgeFacts, needed: Role): Promise<boolean> {
  if (event.kind !== "merge_request" || event.opener === null) return false;
  const role = await askRole(event.repo.path, event.opener, facts);
  return role !== null && mayAs(role, needed);
}

/** What that person may do; null where the forge does not tell us, which is no reason to wait: it will not tell later. */
export async function askRole(repo: string, person: Person, facts: ForgeFacts): Promise<Role | null> {
  try {
    return await facts.role(repo, person);
  } catch (error) {
    if (isKind(error, "rejected")) return null;
    throw error;
  }
}
