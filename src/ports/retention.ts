/** What is let go of. */
export type Kind = "payload" | "delivery" | "build";

/**
 * Letting go of what is over, a little at a time. Idempotent; several processes may do it at once. What is unfinished, or
 * owed to a forge, or wanted by an open merge request stays, however old. Errors: `transient`, `bug`.
 */
export interface Archive {
  /** Packs payloads of deliveries that came before that time; how many. */
  pack(before: number, limit: number): Promise<number>;
  /** Lets go of what came (deliveries) or ended (builds) before that time, oldest first; how many. */
  forget(kind: Kind, before: number, limit: number): Promise<number>;
  /** When the oldest of the newest so many came; null when there are not so many. */
  nthNewest(kind: "delivery" | "build", count: number): Promise<number | null>;
  /** Gives some of the space back to the disk, where the database does not do so by itself. */
  shrink(): Promise<void>;
}
