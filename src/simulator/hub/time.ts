import { type Float, float } from "./values.ts";

/** `2026-11-20 15:54:49.923045+00:00`, as psycopg2 gives it: microseconds only where there are some. */
export function formatTime(ms: number): string {
  const micros = Math.round(ms * 1000);
  const fraction = micros % 1_000_000;
  const seconds = new Date((micros - fraction) / 1000).toISOString().slice(0, 19).replace("T", " ");
  return `${seconds}${fraction === 0 ? "" : `.${String(fraction).padStart(6, "0")}`}+00:00`;
}

/** Epoch seconds, as the hub's `*_ts`. */
export function toSeconds(ms: number): Float {
  return float(Math.round(ms * 1000) / 1_000_000);
}

/** `{name}_time` and `{name}_ts`, both nil when it has not happened. */
export function formatTimeOrNil(ms: number | null): string | null {
  return ms === null ? null : formatTime(ms);
}

export function toSecondsOrNil(ms: number | null): Float | null {
  return ms === null ? null : toSeconds(ms);
}
