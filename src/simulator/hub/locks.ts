/** Row locks on sessions: a numbered call holds its session until it has committed (koji-facts, section 16). */
export interface Locks {
  /** Resolves once every earlier holder let go; call the result to let go. */
  acquire(session: number): Promise<() => void>;
}

export function createLocks(): Locks {
  const tails = new Map<number, Promise<void>>();
  return {
    async acquire(session) {
      const before = tails.get(session);
      const { promise, resolve } = Promise.withResolvers<void>();
      tails.set(session, promise);
      await before;
      return () => {
        if (tails.get(session) === promise) tails.delete(session);
        resolve();
      };
    },
  };
}
