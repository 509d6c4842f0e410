import type { Build } from "../domain/build.ts";
import { explain, isKind } from "../domain/errors.ts";
import { canceling } from "../domain/transitions.ts";
import { factsOf } from "./facts.ts";
import type { SubmitDeps } from "./submit.ts";

/** Tells the hub that nobody wants the task any more; how it ended is what the watcher sees. */
export async function cancel(build: Build, { hub, save, now, log }: SubmitDeps): Promise<void> {
  if (build.task === null) return;
  try {
    await hub.cancel(build.task.id);
    log.info({ ...factsOf(build), task: build.task.id, reason: build.ending?.reason }, "canceled on the hub");
  } catch (error) {
    if (isKind(error, "conflict")) throw error;
    log.warn({ ...factsOf(build), task: build.task.id, error: explain(error) }, "cannot cancel, will try again");
  }
  await save(build, canceling(build, now()));
}
