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
