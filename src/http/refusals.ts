/** A webhook call that was not taken: its answer was 4xx, and nothing of it is in the database. */
export interface Refusal {
  readonly at: number;
  readonly forge: string;
  /** Address of the caller. */
  readonly from: string;
  /** Headers without secrets and signatures. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly reason: string;
  /** The signature was right, the rest was not. */
  readonly verified: boolean;
  /** HTTP status. */
  readonly answer: number;
}

/** The last ones, for "why did nothing happen?". In memory and few: strangers must not be able to fill a disk. */
export interface Refusals {
  add(refusal: Omit<Refusal, "at">): void;
  /** Newest first. */
  list(): readonly Refusal[];
}

const MOST = 100;

export function createRefusals(now: () => number): Refusals {
  let kept: readonly Refusal[] = [];
  return {
    add: (refusal) => {
      kept = [{ ...refusal, at: now() }, ...kept].slice(0, MOST);
    },
    list: () => kept,
  };
}
