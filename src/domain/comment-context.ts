import type { HubLinks } from "./links.ts";
import type { Words } from "./words/words.ts";

export interface CommentContext {
  readonly words: Words;
  readonly links: (hub: string) => HubLinks;
}

/** How much of each thing is shown. */
export interface Measure {
  readonly rows: number;
  readonly failures: number;
  /** Of the log, for each failure. */
  readonly lines: number;
  /** Commits. */
  readonly earlier: number;
  readonly macros: boolean;
}
