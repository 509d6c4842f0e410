import { KojibridgeError } from "../../domain/errors.ts";

/** What came of one question: a value to judge, or why there is none. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** Asks, and waits no longer than the whole examination may take. Never throws. */
export type Attempt = <T>(ask: () => T | Promise<T>) => Promise<Result<T>>;

export interface Patience {
  readonly attempt: Attempt;
  /** Lets the process end. */
  stop(): void;
}

export function createPatience(ms: number): Patience {
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => undefined);
  const message = `no answer within ${ms / 1000} s`;
  const timer = setTimeout(() => late.reject(new KojibridgeError("transient", message)), ms);
  return {
    async attempt(ask) {
      try {
        return { ok: true, value: await Promise.race([ask(), late.promise]) };
      } catch (error) {
        return { ok: false, error };
      }
    },
    stop: () => clearTimeout(timer),
  };
}
