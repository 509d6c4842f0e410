/** What goes wrong, on demand. */
export type Fault =
  /** Answers so instead of doing anything. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** Does it, and then cuts the connection: the answer is lost. */
  | { readonly kind: "drop" }
  /** Does it, and then answers this: a proxy gave up waiting. */
  | { readonly kind: "answer-after"; readonly status: number }
  /** Answers so many milliseconds late. */
  | { readonly kind: "delay"; readonly ms: number };

export interface FaultRule {
  /** Matched against `METHOD /path`; all requests when absent. */
  readonly on?: RegExp;
  /** How often; once when absent. */
  readonly times?: number;
  readonly fault: Fault;
}

/** "You have exceeded a secondary rate limit": https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export function secondaryRateLimit(retryAfter: number | null, status: 403 | 429 = 403): Fault {
  return {
    kind: "answer",
    status,
    ...(retryAfter === null ? {} : { headers: { "retry-after": String(retryAfter) } }),
    body: { message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again." },
  };
}

/** https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#use-a-custom-rate-limit-response */
export function gitLabRateLimit(retryAfter: number): Fault {
  return {
    kind: "answer",
    status: 429,
    headers: { "retry-after": String(retryAfter) },
    body: { message: "429 Too Many Requests" },
  };
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** The fault that is due for this request, counting it. */
  take(request: string): Fault | null;
}

export function createFaults(): Faults {
  let rules: { on: RegExp; left: number; fault: Fault }[] = [];
  return {
    add: ({ on = /./, times = 1, fault }) => void rules.push({ on, left: times, fault }),
    clear() {
      rules = [];
    },
    take(request) {
      const rule = rules.find(({ on, left }) => left > 0 && on.test(request));
      if (rule === undefined) return null;
      rule.left--;
      return rule.fault;
    },
  };
}
