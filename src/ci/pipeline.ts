import type { ForgeEvent, Ignored } from "../domain/event.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** One execution of a job. A job that is run again has the same `pipeline` and another `job`. */
export interface Run {
  readonly pipeline: string;
  readonly job: string;
}

/** Where the step runs and what for: everything it reads of the pipeline's environment. */
export interface Pipeline {
  readonly kind: "github" | "gitlab" | "local";
  readonly event: ForgeEvent | Ignored;
  /** Null outside of a pipeline. */
  readonly run: Run | null;
  /** A person asked for this very run: what failed before is tried again. */
  readonly byHand: boolean;
  /** Its secrets are withheld on purpose: a fork's, or Dependabot's. */
  readonly withoutSecrets: boolean;
  /** The forge says that not everybody can move this branch or tag. Null: nobody said. */
  readonly refProtected: boolean | null;
  /** Files that the runner reads after the step; null where it has none. */
  readonly outputFile: string | null;
  readonly summaryFile: string | null;
  /** The forge's API, for statuses. */
  readonly forgeUrl: string | null;
}

/** An unset variable and an empty one are the same: templates pass both. */
export function textOf(env: Env, name: string): string | null {
  const value = env[name];
  return value === undefined || value === "" ? null : value;
}

export function numberOf(env: Env, name: string): number {
  const value = Number(env[name]);
  return Number.isSafeInteger(value) ? value : 0;
}
