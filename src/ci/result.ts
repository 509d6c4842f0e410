import type { Build } from "../domain/build.ts";
import type { FoldedDigest } from "../domain/digest/fold.ts";
import { EXIT } from "./exit.ts";

/** One build as the job ends. */
export interface BuildResult {
  readonly build: Build;
  readonly taskUrl: string | null;
  readonly nvr: string | null;
  /** Names of the packages; paths below the working directory once they are downloaded. */
  readonly rpms: readonly string[];
  readonly failures: readonly FoldedDigest[];
}

/** Why waiting ended before the builds did. */
export type Interruption = "timeout" | "canceled" | "hub" | null;

/** A word for `state`: the worst of all builds. */
export type StepState = "succeeded" | "submitted" | "failed" | "refused" | "infrastructure" | "timeout" | "canceled";

const EXITS: Readonly<Record<StepState, number>> = {
  succeeded: EXIT.ok,
  submitted: EXIT.ok,
  failed: EXIT.failed,
  refused: EXIT.usage,
  infrastructure: EXIT.infrastructure,
  timeout: EXIT.timeout,
  canceled: EXIT.canceled,
};

export function exitOf(state: StepState): number {
  return EXITS[state];
}

/** A failed package says more than whatever happened to the builds beside it. */
const WORST: readonly StepState[] = [
  "failed",
  "refused",
  "canceled",
  "infrastructure",
  "timeout",
  "submitted",
  "succeeded",
];

export function stateOf(results: readonly BuildResult[], interruption: Interruption): StepState {
  const states = results.map((result) => stateOfBuild(result, interruption));
  return WORST.find((state) => states.includes(state)) ?? "succeeded";
}

export function stateOfBuild({ build, failures }: BuildResult, interruption: Interruption): StepState {
  switch (build.phase) {
    case "succeeded":
      return "succeeded";
    case "failed":
      // Nothing was built of what the hub did not take.
      if (build.task === null) return "refused";
      return failures.length > 0 && failures.every(({ digest }) => digest.infra) ? "infrastructure" : "failed";
    case "canceled":
    case "superseded":
      return interruption === "timeout" ? "timeout" : "canceled";
    case "expired":
      return "infrastructure";
    default:
      if (interruption === null) return "submitted";
      return interruption === "hub" ? "infrastructure" : interruption;
  }
}
