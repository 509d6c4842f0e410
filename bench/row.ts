/** One line of the table: a figure of ours, and the same figure of a peer measured in the same run. */
export interface Row {
  readonly id: string;
  readonly peer: string;
  readonly unit: string;
  /** Whether a larger or a smaller ratio is the better one. */
  readonly better: "higher" | "lower";
  /** What the ratio should reach; null: only watched. */
  readonly goal: number | null;
  /** `quick`: good enough to notice a step, not to publish. */
  run(quick: boolean): Promise<Measurement>;
}

interface Measurement {
  readonly value: number;
  readonly peerValue: number;
  /** For a goal that is not one of the ratio: whether it was reached. */
  readonly ok?: boolean;
  /** What else was seen, for people. */
  readonly notes?: readonly string[];
}

/** As `--json` writes it. */
export interface Result {
  readonly id: string;
  readonly peer: string;
  readonly value: number;
  readonly unit: string;
  /** Our value divided by the peer's. */
  readonly ratio: number;
  readonly better: "higher" | "lower";
  readonly goal: number | null;
  readonly ok: boolean;
}

export function toResult(
  { id, peer, unit, better, goal }: Row,
  { value, peerValue, ok: reached }: Measurement,
): Result {
  const ratio = value / peerValue;
  const ok = reached ?? (goal === null || (better === "higher" ? ratio >= goal : ratio <= goal));
  return { id, peer, value, unit, ratio, better, goal, ok };
}
