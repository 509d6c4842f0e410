import type { Budget } from "../../ports/insight.ts";

export type Observe = (headers: Headers) => void;

/** Keeps what a forge says of its rate limit with every answer. Forgejo says nothing. */
export interface Meter {
  readonly observe: Observe;
  readonly read: () => Budget | null;
}

export function createMeter(now: () => number): Meter {
  let budget: Budget | null = null;
  return {
    observe(headers) {
      budget = toBudget(headers, now()) ?? budget;
    },
    read: () => budget,
  };
}

/**
 * GitHub has `x-` before them: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api,
 * https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
 */
function toBudget(headers: Headers, at: number): Budget | null {
  const read = (name: string) => {
    const text = headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`) ?? "";
    return /^\d{1,12}$/.test(text) ? Number(text) : null;
  };
  const [limit, remaining, reset] = [read("limit"), read("remaining"), read("reset")];
  return limit === null || remaining === null ? null : { limit, remaining, resetAt: reset && reset * 1000, at };
}
