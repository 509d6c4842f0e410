import type { Interruption } from "../../ci/result.ts";
import { type Build, isFinal } from "../../domain/build.ts";

export interface WaitDeps {
  /** The builds as they were saved last. */
  readonly builds: ReadonlyMap<string, Build>;
  /** False: until every build has its task. */
  readonly untilFinal: boolean;
  /** Epoch milliseconds; null: as long as it takes. */
  readonly deadline: number | null;
  /** Milliseconds a build may wait for a hub that does not answer. */
  readonly patience: number;
  readonly signal: AbortSignal;
  readonly tick: () => void;
  readonly now: () => number;
}

const EVERY_MS = 200;

/** Resolves when nothing is left to wait for, or when waiting makes no sense any more: then it says why. */
export function waitForBuilds(deps: WaitDeps): Promise<Interruption> {
  return new Promise((done) => {
    const look = () => {
      deps.tick();
      const verdict = judge(deps);
      if (verdict === "waiting") return;
      clearInterval(timer);
      done(verdict);
    };
    const timer = setInterval(look, EVERY_MS);
    deps.signal.addEventListener("abort", look);
  });
}

function judge({ builds, untilFinal, deadline, patience, signal, now }: WaitDeps): Interruption | "waiting" {
  const all = [...builds.values()];
  const isOver = (build: Build) => isFinal(build.phase) || (!untilFinal && build.task !== null);
  if (all.every(isOver)) return null;
  if (signal.aborted) return "canceled";
  if (deadline !== null && now() > deadline) return "timeout";
  const isStuck = (build: Build) => build.parked !== null && now() - build.parked.since > patience;
  return all.some(isStuck) ? "hub" : "waiting";
}
