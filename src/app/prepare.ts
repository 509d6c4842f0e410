import { type Build, isFinal } from "../domain/build.ts";
import { parked, preparing } from "../domain/transitions.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { Save } from "./save.ts";
import { whyParked } from "./why-parked.ts";

/** One thing that has to be so before a build is submitted. */
export interface Step {
  /** Whom it asks: what people read when they do not answer. */
  readonly asks: "hub" | "forge";
  /**
   * The build as it goes on: unchanged or with what was found out; `refused`; or `parked`, to be woken later. Runs again
   * from the first step on every pass until `build()` is sent, so it has to be idempotent, and quick once it is done.
   * Errors: `transient`, `throttled`, `auth`, `ambiguous` park the build.
   */
  run(build: Build): Promise<Build>;
}

interface PrepareDeps {
  readonly save: Save;
  readonly now: Clock;
  /** In [0, 1): spreads retries. */
  readonly jitter: () => number;
  readonly log: Log;
}

/** Runs the steps until one stops the build; null if one did. What they found out is saved before anything is sent. */
export async function prepare(build: Build, steps: readonly Step[], deps: PrepareDeps): Promise<Build | null> {
  let current = build;
  for (const step of steps) {
    const after = await attempt(step, current, deps);
    if (!goesOn(after, deps.now())) {
      await deps.save(build, after);
      return null;
    }
    current = after;
  }
  return current === build ? build : deps.save(build, preparing(current, deps.now()));
}

async function attempt(step: Step, build: Build, deps: PrepareDeps): Promise<Build> {
  try {
    return await step.run(build);
  } catch (error) {
    const why = whyParked(error, build, deps.log, step.asks);
    return parked(build, why, deps.now(), deps.jitter());
  }
}

/** Not when a step parked it: a build that was parked before, and is due now, goes on. */
function goesOn({ phase, wakeAt, hold }: Build, now: number): boolean {
  return !isFinal(phase) && hold === null && (wakeAt === null || wakeAt <= now);
}
