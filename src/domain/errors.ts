/**
 * What the caller does next; the core switches on this and on nothing else.
 *
 * - `transient`  try again later, nothing happened (socket refused, 5xx, Koji 1014)
 * - `throttled`  try again at `retryAt` (429, secondary rate limits, Koji 1006)
 * - `ambiguous`  it may have happened: fence, look, then decide (answer lost, Koji 1009)
 * - `auth`       our credentials are refused: an operator has to act
 * - `conflict`   somebody else moved the record: load again
 * - `rejected`   the other side said no, and will say no again
 * - `invalid`    what we were given is not what was agreed (config, payload, answer)
 * - `bug`        an invariant of ours does not hold
 */
export type ErrorKind = "transient" | "throttled" | "ambiguous" | "auth" | "conflict" | "rejected" | "invalid" | "bug";

export interface ErrorDetails {
  /** Stable and greppable, e.g. `koji.fault.1005`, `github.403`. */
  readonly code?: string;
  /** Facts for the log (hub, method, task); never a secret. */
  readonly context?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** Epoch milliseconds; only with `throttled`. */
  readonly retryAt?: number;
}

export class KojibridgeError extends Error {
  readonly kind: ErrorKind;
  readonly code: string | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  readonly retryAt: number | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "KojibridgeError";
    this.kind = kind;
    this.code = details.code;
    this.context = details.context ?? {};
    this.retryAt = details.retryAt;
  }
}

/** The kind of any thrown value; what nobody classified is a bug. */
export function kindOf(error: unknown): ErrorKind {
  return error instanceof KojibridgeError ? error.kind : "bug";
}

export function isKind(error: unknown, ...kinds: ErrorKind[]): error is KojibridgeError {
  return error instanceof KojibridgeError && kinds.includes(error.kind);
}

/** One line for people: the message and those of its causes. */
export function explain(error: unknown): string {
  const lines: string[] = [];
  for (let e = error; e !== undefined && lines.length < 5; e = e instanceof Error ? e.cause : undefined) {
    const line = e instanceof Error ? e.message : String(e);
    if (line !== "" && !lines.some((seen) => seen.includes(line))) lines.push(line);
  }
  return lines.join(": ");
}
