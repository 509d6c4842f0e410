/** Something that only one process does at a time, as this process last heard. */
export interface Held {
  readonly name: string;
  /** Grows whenever it changes hands: what is written under an older one is refused. */
  readonly token: number;
}

export interface Renewed extends Held {
  /** Grows with every `nudge`. */
  readonly nudges: number;
}

/** Who does what, among the processes of one database, by the database's own clock. Errors: `transient`, `bug`. */
export interface LeaseStore {
  /** Takes or renews those that are free, over or already this holder's, for so long from now; returns these. Idempotent. */
  hold(holder: string, names: readonly string[], ms: number): Promise<Renewed[]>;
  /** Gives up all that this holder has; others may take it at once. Idempotent. */
  release(holder: string): Promise<void>;
  /** Who has these now. */
  holders(names: readonly string[]): Promise<string[]>;
  isHeld(name: string): Promise<boolean>;
  /** Lets whoever holds it know, with its next renewal, that there is something to do. */
  nudge(name: string): Promise<void>;
}
