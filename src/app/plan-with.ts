import type { CommentMode } from "../domain/build.ts";
import type { CommandKind } from "../domain/commands.ts";
import { isKind } from "../domain/errors.ts";
import type { ForgeEvent, Person } from "../domain/event.ts";
import { REPO_FILE, type RepoFile } from "../domain/repo-file.ts";
import { mayAs, type Role } from "../domain/role.ts";
import { type Plan, plan, type RepoEntry, type Rule, spoilt } from "../domain/rules.ts";
import type { ForgeFacts } from "../ports/forge.ts";
import type { Found, RepoFiles } from "./repo-files.ts";

export interface PlanDeps {
  readonly rules: readonly Rule[];
  readonly repos: readonly RepoEntry[];
  readonly comments: CommentMode;
  /** What access to the repo each command needs. */
  readonly roles: Readonly<Record<CommandKind, Role>>;
  readonly repoFiles: RepoFiles;
}

export interface Planned extends Plan {
  /** Code of a fork that needs nobody's leave: whoever opened the merge request may give it. */
  readonly trusted: boolean;
}

/** The plan of an event, with what the forge says where the payload does not. With no forge to ask, the careful plan. */
export async function planWith(event: ForgeEvent, facts: ForgeFacts | null, deps: PlanDeps): Promise<Planned> {
  const careful = plan(event, deps.rules, deps);
  if (facts === null) return { ...withoutFile(careful), trusted: false };
  const needsPaths = careful.trace.some((entry) => entry.needsPaths === true);
  const paths = needsPaths ? await facts.changedPaths(event) : undefined;
  const informed = needsPaths ? plan(event, deps.rules, deps, paths) : careful;
  const found = needsFile(informed) ? await deps.repoFiles(event, facts) : null;
  const outcome =
    found === null ? informed : heedFile(found, informed, (file) => plan(event, deps.rules, deps, paths, file));
  const asks = outcome.builds.some(({ approval }) => approval);
  return { ...outcome, trusted: asks && (await isTrusted(event, facts, deps.roles.approve)) };
}

function needsFile({ trace }: Plan): boolean {
  return trace.some((entry) => entry.needsFile === true);
}

/** Where the operator lets the repo have its say, nothing is built that it might not want. */
function withoutFile(careful: Plan): Plan {
  return needsFile(careful) ? spoilt([`${REPO_FILE} cannot be read`], careful.trace) : careful;
}

function heedFile({ parsed, where }: Found, informed: Plan, planWithFile: (file: RepoFile | null) => Plan): Plan {
  if (parsed !== null && !parsed.ok) return spoilt(parsed.problems, informed.trace);
  const outcome = planWithFile(parsed?.file ?? null);
  const read = parsed === null ? `there is no ${where}` : `with ${where}`;
  const heeding = new Set(informed.trace.flatMap((entry) => (entry.needsFile === true ? [entry.rule] : [])));
  const trace = outcome.trace.map((entry) =>
    heeding.has(entry.rule) ? { ...entry, note: entry.note === undefined ? read : `${entry.note}; ${read}` } : entry,
  );
  return { ...outcome, trace };
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
