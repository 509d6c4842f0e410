import { explain } from "../domain/errors.ts";

export interface LookOptions {
  /** An answer is shown this long before it is asked for again. */
  readonly freshMs: number;
  /** Nobody waits longer; what comes later is shown the next time. */
  readonly patienceMs: number;
  /** Answers kept. */
  readonly most: number;
  readonly now: () => number;
}

export type Seen<T> = { readonly value: T; readonly at: number } | { readonly problem: string; readonly at: number };

/**
 * A look at somebody else's system for a page: asked once for all who look at the same time, remembered for a while, and
 * given up when it takes too long.
 */
export function createLook<T>({ freshMs, patienceMs, most, now }: LookOptions) {
  const looks = new Map<string, { begun: number; seen: Promise<Seen<T>> }>();

  function begin(key: string, ask: () => Promise<T>): Promise<Seen<T>> {
    const seen = ask().then(
      (value): Seen<T> => ({ value, at: now() }),
      (error): Seen<T> => ({ problem: explain(error), at: now() }),
    );
    if (looks.size >= most) looks.clear();
    looks.set(key, { begun: now(), seen });
    return seen;
  }

  return (key: string, ask: () => Promise<T>): Promise<Seen<T>> => {
    const known = looks.get(key);
    const seen = known !== undefined && now() - known.begun < freshMs ? known.seen : begin(key, ask);
    return Promise.race([seen, late(patienceMs, now)]);
  };
}

function late(ms: number, now: () => number): Promise<{ problem: string; at: number }> {
  return new Promise((resolve) => {
    setTimeout(() => resolve({ problem: "no answer yet", at: now() }), ms).unref();
  });
}
