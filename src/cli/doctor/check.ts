/** `unknown`: cannot be said from here; it may work or not. */
export type CheckStatus = "ok" | "warn" | "fail" | "unknown";

/** One line of the answer; with `--json` these fields are a promise. */
export interface Check {
  /** `hubs.NAME`, `hubs.NAME/TARGET` or `forges.NAME`. */
  readonly subject: string;
  /** A short word for what was looked at; see docs/doctor.md. */
  readonly check: string;
  readonly status: CheckStatus;
  readonly seen: string;
  /** What to do; always said where something fails. */
  readonly todo: string | null;
}

/** A check whose subject is clear. */
export type Finding = Omit<Check, "subject">;

export function ok(check: string, seen: string): Finding {
  return { check, status: "ok", seen, todo: null };
}

export function warn(check: string, seen: string, todo: string): Finding {
  return { check, status: "warn", seen, todo };
}

export function fail(check: string, seen: string, todo: string): Finding {
  return { check, status: "fail", seen, todo };
}

export function unknown(check: string, seen: string, todo: string | null = null): Finding {
  return { check, status: "unknown", seen, todo };
}

/** Only what a rule needs can fail: elsewhere the same finding is a warning. */
export function toChecks(subject: string, findings: readonly Finding[], needed: boolean): Check[] {
  return findings.map((finding) => ({
    subject,
    ...finding,
    status: finding.status === "fail" && !needed ? "warn" : finding.status,
  }));
}
