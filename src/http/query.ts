import type { Phase } from "../domain/build.ts";
import type { BuildFilter, Cursor } from "../ports/gallery.ts";

/** The query of a request: as text, since a parameter may be given twice, or as anything at all. */
export type Query = Readonly<Record<string, unknown>>;

/** The last value counts, as forms have it; empty is none. */
export function textOf(query: Query, key: string): string | undefined {
  const value = query[key];
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === "string" && last.trim() !== "" ? last.trim().slice(0, MOST) : undefined;
}

/** No path, name or NVR is longer. */
const MOST = 300;

/** What people choose from, and the phases each stands for. */
export const STATES: Readonly<Record<string, readonly Phase[]>> = {
  waiting: ["queued", "preparing", "submitting"],
  running: ["running"],
  succeeded: ["succeeded"],
  failed: ["failed", "expired"],
  canceled: ["canceled", "superseded"],
};

/** `repo` may be `forge:path`. An unknown state is no filter: an old link still shows something. */
export function toBuildFilter(query: Query): BuildFilter {
  const [, forge, path] = /^([\w.-]+):(.+)$/.exec(textOf(query, "repo") ?? "") ?? [];
  const phases = STATES[textOf(query, "state") ?? ""];
  return defined({
    forge: forge ?? textOf(query, "forge"),
    repo: path ?? textOf(query, "repo"),
    hub: textOf(query, "hub"),
    target: textOf(query, "target"),
    author: textOf(query, "author"),
    sha: textOf(query, "sha"),
    search: textOf(query, "q"),
    phases,
  });
}

/** Without the keys that have no value. */
export function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** In a URL: `1763712000000-4f5e…`. */
export function formatCursor({ at, id }: Cursor): string {
  return `${at}-${id}`;
}

/** Null for what is none: then it is the first page. */
export function parseCursor(text: string | undefined): Cursor | null {
  const [, at, id] = /^(\d{1,15})-(.{1,300})$/s.exec(text ?? "") ?? [];
  return at === undefined || id === undefined ? null : { at: Number(at), id };
}
