import type { Build, Guard } from "../domain/build.ts";
import { type Doubt, ofBranch, ofTag, refusal } from "../domain/guard.ts";
import { parked, refused } from "../domain/transitions.ts";
import { EN } from "../domain/words/words.ts";
import type { ForgeFacts } from "../ports/forge.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import { factsOf } from "./facts.ts";
import type { Step } from "./prepare.ts";

export interface GuardDeps {
  readonly facts: ReadonlyMap<string, ForgeFacts>;
  readonly now: Clock;
  readonly jitter: () => number;
  readonly log: Log;
}

/** What was shown so shortly before needs no second look. */
const FRESH_MS = 5_000;
/** The forge sends its webhooks before all of it knows of the commit: so often a missing one is looked for again. */
const LATE_TRIES = 4;

/**
 * No real build but of a commit that the forge itself shows on an allowed, protected branch or tag. To be asked first, so
 * that nothing is made for a build that will be refused, and again last, just before `build()`.
 */
export function createGuard(deps: GuardDeps): Step {
  const shown = new Map<string, number>();

  return {
    asks: "forge",
    async run(build) {
      if (build.request.scratch) return build;
      const now = deps.now();
      for (const [id, at] of shown) if (now - at > FRESH_MS) shown.delete(id);
      if (shown.has(build.id)) return build;
      const doubt = await doubtOf(build, deps);
      if (doubt !== null) return tell(build, doubt, deps);
      shown.set(build.id, now);
      return build;
    },
  };
}

function tell(build: Build, doubt: Doubt, { now, jitter, log }: GuardDeps): Build {
  if (doubt.mayBeLate && build.tries < LATE_TRIES) return parked(build, doubt.why, now(), jitter());
  log.warn({ ...factsOf(build), sha: build.sha, why: doubt.why }, "real build refused");
  return refused(build, refusal(doubt), now());
}

async function doubtOf({ forge, repo, sha, request }: Build, { facts }: GuardDeps): Promise<Doubt | null> {
  const { guard } = request;
  const asked = facts.get(forge);
  if (guard === null || asked === undefined) return { why: EN.why_forge_unasked, help: null, mayBeLate: false };
  const onBranch = (name: string) => askBranch(asked, repo, name, sha, guard);
  if (guard.kind === "branch") return onBranch(guard.name);
  const tag = await asked.ref(repo, { kind: "tag", name: guard.name });
  const doubt = ofTag(guard, tag, sha);
  if (doubt === null || tag === null || tag.sha !== sha) return doubt;
  for (const name of guard.branches) if ((await onBranch(name)) === null) return null;
  return doubt;
}

async function askBranch(
  facts: ForgeFacts,
  repo: string,
  name: string,
  sha: string,
  guard: Guard,
): Promise<Doubt | null> {
  const branch = await facts.ref(repo, { kind: "branch", name });
  const isThere = branch?.sha === sha || (branch !== null && (await facts.contains(repo, name, sha)));
  return ofBranch(guard, name, branch, isThere);
}
