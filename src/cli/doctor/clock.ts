import { type Finding, fail, ok, unknown } from "./check.ts";

/** Milliseconds; Kerberos and signed webhooks take five minutes, and a `Date` header is a second off. */
const TOLERATED = 60_000;

/** `ahead`: milliseconds the other clock is ahead of ours, or null where it does not say. */
export function judgeClock(ahead: number | null): Finding {
  if (ahead === null) return unknown("clock", "it does not say what time it is there");
  const seconds = Math.round(Math.abs(ahead) / 1000);
  const off = `${seconds} s ${ahead < 0 ? "behind" : "ahead of"} ours`;
  if (Math.abs(ahead) <= TOLERATED) return ok("clock", seconds < 3 ? "as ours" : off);
  return fail("clock", off, "set this machine's clock (chrony, systemd-timesyncd); if it is right, the other one's");
}
