import type { Build } from "../domain/build.ts";
import { isTagged } from "../domain/target.ts";
import { succeeded, unsettled } from "../domain/transitions.ts";
import type { HubFacts } from "../ports/hub-facts.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import { factsOf } from "./facts.ts";
import type { Save } from "./save.ts";
import { type TaggingHub, tagInto } from "./tag-into.ts";
import { whyParked } from "./why-parked.ts";

interface FinishDeps {
  readonly hub: Pick<HubFacts, "madeBy" | "target"> & TaggingHub;
  readonly save: Save;
  readonly now: Clock;
  readonly jitter: () => number;
  readonly log: Log;
}

/** The task of a real build is done: what did it make, and is that where it belongs? */
export async function finish(build: Build, deps: FinishDeps): Promise<void> {
  const after = await afterMaking(build, deps);
  if (after.phase === "succeeded") deps.log.info({ ...factsOf(build), nvr: after.made?.nvr }, "finished");
  await deps.save(build, after);
}

async function afterMaking(build: Build, deps: FinishDeps): Promise<Build> {
  const { hub, now, jitter, log } = deps;
  try {
    const found = build.made === null && build.task !== null ? await hub.madeBy(build.task.id) : null;
    const made = build.made ?? (found && { buildId: found.id, nvr: found.nvr, adopted: false, tagging: null });
    const dest = await destination(build, hub);
    const waiting = made === null || dest === null ? null : await tagInto(dest, made, build, deps);
    return waiting ?? succeeded({ ...build, made }, now());
  } catch (error) {
    return unsettled(build, whyParked(error, build, log), now(), jitter());
  }
}

/** Koji tags what was built on a side tag into that alone. */
async function destination({ carrier, request }: Build, hub: FinishDeps["hub"]): Promise<string | null> {
  if (carrier?.strategy !== "side_tag" || !isTagged(request)) return null;
  return (await hub.target(request.target))?.destTag ?? null;
}
