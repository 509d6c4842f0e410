import type { Build, Intent } from "../domain/build.ts";
import type { TaskId } from "../domain/koji.ts";
import { started, unsettled, unsubmitted } from "../domain/transitions.ts";
import type { MarkedTask } from "../ports/hub.ts";
import { factsOf } from "./facts.ts";
import type { Finder } from "./find.ts";
import type { Mark } from "./submission.ts";
import type { SubmitDeps } from "./submit.ts";
import { whyParked } from "./why-parked.ts";

/** Clocks of hub and database differ, and transactions start before they commit. */
const SLACK_MS = 10 * 60_000;

interface RecoverDeps extends SubmitDeps {
  readonly find: Finder;
}

/**
 * A build whose `build()` may have happened: fence the session that carried it, then look, then adopt or let it be
 * submitted again. Looking without the fence builds twice (koji-facts, section 16).
 */
export async function recover(build: Build, deps: RecoverDeps): Promise<void> {
  if (await isSentElsewhere(build, deps)) return;
  const after = build.intent === null ? unsubmitted(build, deps.now()) : await findOut(build, build.intent, deps);
  await deps.save(build, after);
  if (after.phase === "running") deps.watchSoon(after.request.hub);
}

/** A fence ends the session of a process that lives and works: it will say itself what became of it. */
async function isSentElsewhere(build: Build, { writers, log }: RecoverDeps): Promise<boolean> {
  const by = build.intent?.by ?? null;
  if (by === null || by === writers.me() || !(await writers.isLiving(by))) return false;
  log.debug({ ...factsOf(build), by }, "another process sends it");
  return true;
}

async function findOut(build: Build, intent: Intent, deps: RecoverDeps): Promise<Build> {
  try {
    await deps.hub.fence(intent.session);
    const task = findOurs(await deps.find(intent.since - SLACK_MS), build.id, intent.attempt);
    deps.log.info({ ...factsOf(build), task }, task === null ? "not submitted, trying again" : "adopted");
    return task === null ? unsubmitted(build, deps.now()) : started(build, task, deps.now());
  } catch (error) {
    return unsettled(build, whyParked(error, build, deps.log), deps.now(), deps.jitter());
  }
}

/** The oldest: a later one with our mark is somebody's `koji resubmit`. */
function findOurs(tasks: readonly MarkedTask[], build: string, attempt: number): TaskId | null {
  const ours = tasks.filter(({ metadata }) => {
    const mark = toMark(metadata?.kojibridge);
    return mark?.build === build && mark.attempt === attempt;
  });
  return ours.length === 0 ? null : Math.min(...ours.map(({ task }) => task.id));
}

function toMark(value: unknown): Mark | null {
  if (typeof value !== "object" || value === null || !("build" in value) || !("attempt" in value)) return null;
  const { build, attempt } = value;
  return typeof build === "string" && typeof attempt === "number" ? { build, attempt } : null;
}
