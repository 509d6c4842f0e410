import { isKind, KojibridgeError } from "../../domain/errors.ts";

export interface BreakerOptions {
  /** Transient failures in a row until calls fail fast; default 5. */
  readonly threshold?: number;
  /** Milliseconds until the first probe, doubled up to the longest; defaults 1 s and 60 s. */
  readonly firstWait?: number;
  readonly longestWait?: number;
}

/** One per hub: when it is down, one probe asks, not every build. */
export interface Breaker {
  /**
   * Runs `call`, or fails at once while the hub is known to be down.
   * @throws KojibridgeError `transient`, code `koji.unavailable`: nothing was sent
   */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** While calls fail fast: when the hub is asked again, epoch milliseconds; else null. */
  openUntil(): number | null;
}

/** `probe` is a cheap question to the hub; anything but a `transient` error means that it is back. */
export function createBreaker(probe: () => Promise<unknown>, options: BreakerOptions = {}): Breaker {
  const { threshold = 5, firstWait = 1000, longestWait = 60_000 } = options;
  let failures = 0;
  let wait = firstWait;
  let closedUntil = 0;
  let probing: Promise<void> | undefined;

  async function watched<T>(call: () => Promise<T>): Promise<T> {
    try {
      const result = await call();
      failures = 0;
      return result;
    } catch (error) {
      failures = isKind(error, "transient") ? failures + 1 : 0;
      if (failures === threshold) open(firstWait);
      throw error;
    }
  }

  function open(ms: number): void {
    wait = ms;
    closedUntil = Date.now() + ms;
  }

  async function ask(): Promise<void> {
    try {
      await probe();
    } catch (error) {
      if (isKind(error, "transient")) {
        open(Math.min(wait * 2, longestWait));
        throw unavailable(closedUntil, error);
      }
    }
    failures = 0;
  }

  return {
    openUntil: () => (failures >= threshold ? closedUntil : null),
    async run(call) {
      if (failures >= threshold) {
        if (Date.now() < closedUntil) throw unavailable(closedUntil);
        probing ??= ask().finally(() => {
          probing = undefined;
        });
        await probing;
      }
      return watched(call);
    },
  };
}

function unavailable(until: number, cause?: unknown): KojibridgeError {
  const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
  return new KojibridgeError("transient", `hub unavailable, next try in ${seconds} s`, {
    code: "koji.unavailable",
    context: { until },
    cause,
  });
}
