import { setTimeout as delay } from "node:timers/promises";
import { toStepMark } from "../../ci/mark.ts";
import { type Build, isFinal } from "../../domain/build.ts";
import type { Hub } from "../../ports/hub.ts";
import type { Bridge } from "../bridge.ts";

/** Runners kill what has not ended some seconds after the signal: GitHub's after ten. */
const GRACE_MS = 5_000;

/**
 * Cancels what runs on the hubs. A `build()` in flight is let through or fenced off first, so that no task is left that
 * nobody knows of.
 * @returns the tasks that were canceled
 */
export async function cancelAll(
  bridge: Bridge,
  builds: ReadonlyMap<string, Build>,
  hubs: ReadonlyMap<string, Hub>,
): Promise<number[]> {
  const canceled = new Set<number>();
  const cancel = async (build: Build) => {
    const hub = hubs.get(build.request.hub);
    if (hub === undefined || isFinal(build.phase)) return;
    for (const task of await tasksOf(build, hub)) {
      await hub.cancel(task);
      canceled.add(task);
    }
  };
  const all = () => Promise.allSettled([...builds.values()].map(cancel));
  const running = Promise.allSettled([...builds.values()].filter(({ task }) => task !== null).map(cancel));
  await Promise.race([Promise.all([bridge.stop(), running]).then(all), delay(GRACE_MS, undefined, { ref: false })]);
  return [...canceled];
}

async function tasksOf(build: Build, hub: Hub): Promise<number[]> {
  if (build.task !== null) return [build.task.id];
  if (build.intent === null) return [];
  await hub.fence(build.intent.session);
  const marked = await hub.submittedSince(build.intent.since);
  const ours = marked.filter(({ metadata }) => {
    const mark = toStepMark(metadata);
    return mark?.build === build.id && mark.attempt === build.attempt;
  });
  return ours.map(({ task }) => task.id);
}
