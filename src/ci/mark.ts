import type { Task } from "../domain/koji.ts";
import type { Run } from "./pipeline.ts";

/** What our tasks carry in the hub's `custom_user_metadata.kojibridge`; `run` is the step's own addition. */
export interface StepMark {
  readonly build: string;
  readonly attempt: number;
  readonly run: Run | null;
}

export function toStepMark(metadata: Readonly<Record<string, unknown>> | null): StepMark | null {
  const mark = looseOf(metadata?.kojibridge);
  if (typeof mark.build !== "string" || typeof mark.attempt !== "number") return null;
  const { pipeline, job } = looseOf(mark.run);
  const run = typeof pipeline === "string" && typeof job === "string" ? { pipeline, job } : null;
  return { build: mark.build, attempt: mark.attempt, run };
}

function looseOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** A task on the hub that carries our mark. */
export interface Earlier {
  readonly task: Task;
  readonly mark: StepMark;
}

export interface Asker {
  readonly run: Run | null;
  readonly byHand: boolean;
  readonly force: boolean;
}

export type Verdict =
  /** Go on with this task. */
  | { readonly adopt: Earlier }
  /** Submit a new one, as this attempt. */
  | { readonly attempt: number };

/**
 * What to do about a build of which the hub has these tasks already. What runs or went well is never built again. What
 * failed or was canceled is the answer for another pipeline of the same commit, but a job that somebody runs again is
 * meant to try again.
 * @param handled tasks this process had in its hands: what became of them is known
 */
export function judgeEarlier(earlier: readonly Earlier[], handled: ReadonlySet<number>, asker: Asker): Verdict {
  const next = 1 + Math.max(0, ...earlier.map(({ mark }) => mark.attempt));
  if (asker.force) return { attempt: next };
  const others = earlier.filter(({ task }) => !handled.has(task.id));
  const latest = others.toSorted((a, b) => b.mark.attempt - a.mark.attempt || a.task.id - b.task.id);
  const alive = latest.find(({ task }) => task.state !== "FAILED" && task.state !== "CANCELED");
  if (alive !== undefined) return { adopt: alive };
  const [last] = latest;
  return last === undefined || isAgain(last.mark.run, asker) ? { attempt: next } : { adopt: last };
}

function isAgain(run: Run | null, asker: Asker): boolean {
  if (asker.byHand || asker.run === null || run === null) return true;
  return run.pipeline === asker.run.pipeline && run.job !== asker.run.job;
}
