import type { Build } from "../domain/build.ts";
import { describeExisting, isOfCommit, rivalOf } from "../domain/existing.ts";
import { explained, reattempted, refused, succeeded } from "../domain/transitions.ts";
import { EN, say } from "../domain/words/words.ts";
import type { HubFacts } from "../ports/hub-facts.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { SideTagKeeper } from "../ports/sidetags.ts";
import { factsOf } from "./facts.ts";

export type KnownCauseHub = Pick<HubFacts, "made"> & Pick<SideTagKeeper, "sideTagMacros">;

interface Deps {
  readonly hub: KnownCauseHub;
  readonly now: Clock;
  readonly log: Log;
}

/** Failures that no log explains: what the build becomes; null: ask the logs. */
export async function knownCause(build: Build, deps: Deps): Promise<Build | null> {
  return (await withoutSideTag(build, deps)) ?? (await afterRace(build, deps));
}

/** Its side tag was removed under it: made again, and the build tried once more. */
async function withoutSideTag(build: Build, { hub, now, log }: Deps): Promise<Build | null> {
  const tag = build.carrier?.strategy === "side_tag" ? build.carrier.tag : null;
  if (tag === null || build.ending !== null || (await hub.sideTagMacros(tag)) !== null) return null;
  const cause = say(EN, "why_removed_meanwhile", { tag });
  if (build.retries.some((retry) => retry.cause.startsWith("the side tag "))) return explained(build, [], now());
  log.warn({ ...factsOf(build), task: build.task?.id, tag }, "the side tag was removed, building once more");
  const said = say(EN, "why_side_tag_gone", { tag });
  return reattempted(build, { task: build.task?.id ?? 0, cause }, said, 0, now());
}

/** Somebody else's build of the same NVR was quicker. */
async function afterRace(build: Build, { hub, now }: Deps): Promise<Build | null> {
  const rival = build.request.scratch ? null : rivalOf(build.reason ?? "");
  if (rival === null) return null;
  if ("task" in rival) return refused(build, say(EN, "why_rival_task", { task: rival.task }), now());
  const found = await hub.made(rival.build);
  if (found === null) return null;
  if (!isOfCommit(found, build)) return refused(build, describeExisting(found), now());
  return succeeded({ ...build, made: { buildId: found.id, nvr: found.nvr, adopted: true, tagging: null } }, now());
}
