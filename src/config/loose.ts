import type { Path } from "./problem.ts";

/** Views of a value that may be wrong anywhere, so that one mistake does not hide the next. */
export type Loose = Readonly<Record<string, unknown>>;

export function looseMap(value: unknown): Loose {
  return isMapping(value) ? value : {};
}

/** Those entries of a mapping that are mappings themselves. */
export function looseMaps(value: unknown): [name: string, entry: Loose][] {
  return Object.entries(looseMap(value)).flatMap(([name, entry]): [string, Loose][] =>
    isMapping(entry) ? [[name, entry]] : [],
  );
}

function isMapping(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function looseItems(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export interface Entry<Value> {
  readonly value: Value;
  readonly path: Path;
}

/** One or many, as the schema's `oneOrMany`. */
export function looseEntries(value: unknown, path: Path): Entry<unknown>[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map((item, i) => ({ value: item, path: [...path, i] })) : [{ value, path }];
}

export function looseTexts(value: unknown, path: Path): Entry<string>[] {
  return looseEntries(value, path).flatMap((entry) =>
    typeof entry.value === "string" ? [{ value: entry.value, path: entry.path }] : [],
  );
}
