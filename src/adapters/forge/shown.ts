import type { Reader } from "./reader.ts";

/** What people read of a status. */
export interface Shown {
  readonly state: string;
  readonly description: string;
  readonly target_url?: string;
}

export function isSameShown(a: Shown | null, b: Shown): boolean {
  return (
    a !== null &&
    a.state === b.state &&
    a.description === b.description &&
    (a.target_url ?? "") === (b.target_url ?? "")
  );
}

/** `state` is where this forge keeps it. */
export function toShown(status: Reader, state: "state" | "status"): Shown {
  const url = status.textOr("target_url", "");
  return { state: status.text(state), description: status.textOr("description", ""), ...(url && { target_url: url }) };
}
