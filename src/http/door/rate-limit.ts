/** How many requests in how long, milliseconds. */
export interface Rate {
  readonly count: number;
  readonly per: number;
}

export interface RateLimit {
  /** Null: it may pass; else after so many seconds. */
  take(source: string): number | null;
  /** It was no stranger after all. */
  giveBack(source: string): void;
}

/** Whoever has more addresses than this makes us forget who came first. */
const MOST_SOURCES = 10_000;

/** A bucket of tokens each, refilled steadily. `rate` is asked each time: null lets everybody pass. */
export function createRateLimit(rate: () => Rate | null, now: () => number): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>();

  function filled(source: string, { count, per }: Rate): { left: number; at: number } {
    const known = buckets.get(source) ?? { left: count, at: now() };
    const left = Math.min(count, known.left + ((now() - known.at) * count) / per);
    const bucket = { left, at: now() };
    // Last again: the first of the map is whoever was away longest.
    buckets.delete(source);
    buckets.set(source, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > MOST_SOURCES && oldest !== undefined) buckets.delete(oldest);
    return bucket;
  }

  return {
    take(source) {
      const limit = rate();
      if (limit === null) return null;
      const bucket = filled(toSource(source), limit);
      if (bucket.left < 1) return Math.ceil(((1 - bucket.left) * limit.per) / limit.count / 1000);
      bucket.left -= 1;
      return null;
    },
    giveBack(source) {
      const bucket = buckets.get(toSource(source));
      if (bucket !== undefined) bucket.left += 1;
    },
  };
}

/** IPv4 as it is; of IPv6 the /64, which is what one customer gets. */
export function toSource(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("%")[0]?.split("::") ?? [];
  const groups = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  return [...groups, ...Array.from({ length: missing }, () => "0")].slice(0, 4).join(":");
}

/** A socket that takes both families shows IPv4 as `::ffff:192.0.2.7`. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
