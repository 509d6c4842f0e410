/**
 * When to try again, in epoch milliseconds, or null when the answer is no rate limit. GitHub says 403 both to "too often" and
 * to "you may not"; a limit has a header or says so.
 *
 * Sources: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api,
 * https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/
 */
export function retryAt(status: number, headers: Headers, text: string, now: number): number | null {
  if (status !== 429 && status !== 403) return null;
  const after = headers.get("retry-after");
  const spent = headers.get("x-ratelimit-remaining") === "0";
  if (status === 403 && after === null && !spent && !/rate limit/i.test(text)) return null;
  const reset = spent ? headers.get("x-ratelimit-reset") : headers.get("ratelimit-reset");
  return fromRetryAfter(after, now) ?? fromReset(reset, now) ?? now + A_MINUTE;
}

/** GitHub: "wait for at least one minute" where no header says how long. */
const A_MINUTE = 60_000;
const A_DAY = 24 * 60 * A_MINUTE;

function fromRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const at = /^\d+$/.test(value) ? now + Number(value) * 1000 : Date.parse(value);
  return Number.isNaN(at) ? null : bounded(at, now);
}

/** Epoch seconds; one more, since the clocks differ. */
function fromReset(value: string | null, now: number): number | null {
  return value !== null && /^\d+$/.test(value) ? bounded((Number(value) + 1) * 1000, now) : null;
}

/** A clock that is far off must not silence us for ever. */
function bounded(at: number, now: number): number {
  return Math.min(Math.max(at, now + 1000), now + A_DAY);
}
