import type { Build } from "../domain/build.ts";
import type { CommitStatus } from "../domain/report.ts";
import type { StatusRecord } from "./store.ts";

/** What is counted, for whoever runs the bridge. Contacts nobody, never throws. */
export interface Tally {
  /** A build's record went from `before` to `after`. */
  saved(before: Build, after: Build): void;
  /** How telling a forge a status ended; `failed` will be tried again. */
  told(record: StatusRecord, status: CommitStatus, outcome: "set" | "unchanged" | "forbidden" | "failed"): void;
}

/** For those who run one build and end. */
export const NO_TALLY: Tally = { saved: () => undefined, told: () => undefined };
