import type { Phase } from "../domain/build.ts";
import type { Key } from "./queue.ts";

/** How much there is to do. */
export interface Census {
  /** Builds that have not ended. */
  readonly builds: readonly {
    readonly hub: string;
    readonly target: string;
    readonly phase: Phase;
    readonly count: number;
  }[];
  /** Records whose time has come. */
  readonly due: readonly { readonly kind: Key["kind"]; readonly count: number }[];
  /** When the news was saved that a forge has been waiting for longest, epoch milliseconds; null when all is told. */
  readonly oldestOwed: number | null;
}

export interface CensusTaker {
  /** Reads only what is unfinished: a million finished builds make it no slower. Errors: `transient`, `bug`. */
  census(now: number): Promise<Census>;
}
