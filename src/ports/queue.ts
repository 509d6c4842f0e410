/** What can be reconciled; `id` is the record's own key. */
export interface Key {
  readonly kind: "delivery" | "build" | "status" | "comment" | "sidetag";
  readonly id: string;
  /** The hub or forge it will talk to: a slow one must not hold up the others. */
  readonly lane: string;
}

/**
 * Wakes keys; keeps nothing that would be missed when lost, because due times live in the store.
 * One key is never worked on twice at the same time; a wake during work means once more afterwards.
 */
export interface WorkQueue {
  /** Idempotent, never throws, returns at once. */
  wake(key: Key): void;
  /** Starts working. Errors the handler throws are the worker's to log; the key stays wakeable. */
  consume(handler: (key: Key) => Promise<void>): void;
  /** Takes no more work and resolves when what was begun has ended. */
  close(): Promise<void>;
}
