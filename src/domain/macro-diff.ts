/** A tag's own macros, as the hub keeps them: text mostly, numbers and flags too. */
export type OwnMacros = Readonly<Record<string, unknown>>;

export interface MacroChange {
  readonly name: string;
  /** Undefined: it is not set. */
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs, by name. */
export function diffMacros(before: OwnMacros, after: OwnMacros): MacroChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const change = { name, before: before[name], after: after[name] };
    return same(change.before, change.after) ? [] : [change];
  });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** `-` is what goes, `+` what comes. */
export function formatDiff(changes: readonly MacroChange[]): string {
  return changes
    .flatMap(({ name, before, after }) => [
      ...(before === undefined ? [] : [`- %${name} ${String(before)}\n`]),
      ...(after === undefined ? [] : [`+ %${name} ${String(after)}\n`]),
    ])
    .join("");
}
