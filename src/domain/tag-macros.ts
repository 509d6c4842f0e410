import type { MacroEdit } from "./carrier.ts";
import { EN, say } from "./words/words.ts";

/** A macro of a tag as the hub keeps it, which may be a number or a flag; null: the tag does not set it. */
export type Held = { readonly value: unknown } | null;
type Helds = Readonly<Record<string, Held>>;

/** What we did to the macros of one build tag. `revision` 0: nothing yet. */
export interface TagMacros {
  readonly hub: string;
  readonly tag: string;
  readonly revision: number;
  /** Of every macro we ever set, what was there before. */
  readonly saved: Helds;
  /** What the hub was seen to have after our last edit. */
  readonly confirmed: Helds;
  /** What it is to have: written down before the edit is sent. */
  readonly wanted: Helds;
  /** Builds that count on it; finished ones are dropped when somebody else comes. */
  readonly users: readonly string[];
}

export function untouched(hub: string, tag: string): TagMacros {
  return { hub, tag, revision: 0, saved: {}, confirmed: {}, wanted: {}, users: [] };
}

export interface TagPlan {
  readonly saved: Helds;
  readonly wanted: Helds;
  /** Other builds that count on the tag as it is must have ended first. */
  readonly moves: boolean;
  readonly edit: { readonly set: Readonly<Record<string, unknown>>; readonly remove: readonly string[] };
}

/**
 * What a build with these macros needs of the tag; what earlier builds set, and this one does not want, goes back to what
 * it was. Or what somebody else did since our last edit, one line for people.
 * @param own macros that the tag sets itself, now
 */
export function planTag(
  record: TagMacros,
  own: Readonly<Record<string, unknown>>,
  { set, remove }: MacroEdit,
): TagPlan | { readonly foreign: string } {
  const now = (name: string): Held => (Object.hasOwn(own, name) ? { value: own[name] } : null);
  const foreign = Object.keys(record.saved).find((name) => !isOurs(record, name, now(name)));
  if (foreign !== undefined) return { foreign: describeForeign(record, foreign, now(foreign)) };
  const fresh = [...Object.keys(set), ...remove].filter((name) => !Object.hasOwn(record.saved, name));
  const saved = { ...record.saved, ...Object.fromEntries(fresh.map((name) => [name, now(name)])) };
  const wanted = toWanted(saved, { set, remove });
  const changed = Object.keys(wanted).filter((name) => !same(wanted[name], now(name)));
  const toSet = changed.flatMap((name) => (wanted[name] ? [[name, wanted[name].value] as const] : []));
  return {
    saved,
    wanted,
    moves: Object.keys(wanted).some(
      (name) => !same(wanted[name], Object.hasOwn(record.wanted, name) ? record.wanted[name] : saved[name]),
    ),
    edit: { set: Object.fromEntries(toSet), remove: changed.filter((name) => wanted[name] === null) },
  };
}

function toWanted(saved: Helds, { set, remove }: MacroEdit): Helds {
  return Object.fromEntries(
    Object.entries(saved).map(([name, before]): [string, Held] => {
      const value = set[name];
      if (value !== undefined) return [name, { value }];
      return [name, remove.includes(name) ? null : before];
    }),
  );
}

/** Ours, about to be ours, or as it was before us: nothing of anybody's is lost. */
function isOurs({ confirmed, wanted, saved }: TagMacros, name: string, now: Held): boolean {
  return [confirmed, wanted, saved].some((held) => Object.hasOwn(held, name) && same(held[name], now));
}

function same(a: Held | undefined, b: Held | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function describeForeign({ tag, confirmed, saved }: TagMacros, name: string, now: Held): string {
  const ours = describeHeld(confirmed[name] ?? null);
  const before = describeHeld(saved[name] ?? null);
  return say(EN, "why_macro_changed", { name, tag, ours, found: describeHeld(now), before });
}

function describeHeld(held: Held): string {
  return held === null ? EN.why_unset : String(held.value);
}
