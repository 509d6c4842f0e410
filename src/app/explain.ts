import type { Build, TaskFailure } from "../domain/build.ts";
import { explain } from "../domain/errors.ts";
import { explained, reattempted, unexplained } from "../domain/transitions.ts";
import { EN, say } from "../domain/words/words.ts";
import type { LogReader, TaskWatch } from "../ports/hub.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import { factsOf } from "./facts.ts";
import { findFailures } from "./find-failures.ts";
import { type KnownCauseHub, knownCause } from "./known-cause.ts";
import type { Save } from "./save.ts";

export interface ExplainDeps {
  readonly hub: Pick<TaskWatch, "failures"> & LogReader & KnownCauseHub;
  readonly save: Save;
  readonly now: Clock;
  readonly log: Log;
  /** What must appear in no digest. */
  readonly secrets: readonly string[];
  readonly infraRetries: number;
}

/** How long one try to read the logs may take. */
const PATIENCE_MS = 10_000;
/** Before the second and the third try. With PATIENCE_MS this is below a minute: then the build fails unexplained. */
const WAITS_MS = [5_000, 15_000];
/** Before another attempt: mirrors and builders need time to recover, people do not want to wait for ever. */
const RETRY_WAITS_MS = [60_000, 5 * 60_000, 15 * 60_000];

/** The task of the build failed: says why, or, if the infrastructure did, tries again. */
export async function explainFailure(build: Build, deps: ExplainDeps): Promise<void> {
  const after = await afterLooking(build, deps);
  if (after.phase === "failed") {
    const [first] = after.failures;
    const facts = { ...factsOf(build), task: build.task?.id, phase: after.phase };
    deps.log.info({ ...facts, class: first?.digest.class, infra: first?.digest.infra }, "finished");
  }
  await deps.save(build, after);
}

async function afterLooking(build: Build, deps: ExplainDeps): Promise<Build> {
  try {
    const known = await knownCause(build, deps);
    if (known !== null) return known;
    const failures = await within(PATIENCE_MS, findFailures(build, deps.hub, deps.secrets));
    return mayRetry(build, failures, deps.infraRetries)
      ? tryAgain(build, failures, deps)
      : explained(build, failures, deps.now());
  } catch (error) {
    const wait = WAITS_MS[build.tries];
    const facts = { ...factsOf(build), task: build.task?.id, error: explain(error) };
    deps.log.warn(facts, wait === undefined ? "cannot read why it failed" : "cannot read why it failed, will retry");
    return wait === undefined ? explained(build, [], deps.now()) : unexplained(build, wait, deps.now());
  }
}

function mayRetry({ ending, retries }: Build, failures: readonly TaskFailure[], limit: number): boolean {
  return (
    ending === null && retries.length < limit && failures.length > 0 && failures.every(({ digest }) => digest.infra)
  );
}

function tryAgain(build: Build, failures: readonly TaskFailure[], { now, log, infraRetries }: ExplainDeps): Build {
  const done = build.retries.length;
  const cause = failures[0]?.digest.cause ?? "";
  const wait = RETRY_WAITS_MS[done] ?? Math.max(...RETRY_WAITS_MS);
  log.warn({ ...factsOf(build), task: build.task?.id, cause, wait }, "infrastructure failure, trying again");
  const said = say(EN, "why_retry", { number: done + 1, limit: infraRetries });
  return reattempted(build, { task: build.task?.id ?? 0, cause }, said, wait, now());
}

/** Its answer, unless it takes too long; what it does then goes on, and nobody listens. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
