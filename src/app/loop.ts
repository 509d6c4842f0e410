export interface Loop {
  /** The next round comes after `ms` at the latest. */
  within(ms: number): void;
  /** Begins no further round; resolves when the running one has ended. */
  stop(): Promise<void>;
}

/** Rounds that never overlap, `pause` apart. */
export function createLoop(round: () => Promise<void>, pause: () => number, failed: (error: unknown) => void): Loop {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let due = 0;
  let hurry = Number.POSITIVE_INFINITY;
  let running: Promise<void> | null = null;

  function begin(): void {
    timer = undefined;
    hurry = Number.POSITIVE_INFINITY;
    running = round()
      .catch(failed)
      .then(() => {
        running = null;
        if (!stopped) wait(Math.min(pause(), hurry));
      });
  }

  function wait(ms: number): void {
    clearTimeout(timer);
    due = Date.now() + ms;
    timer = setTimeout(begin, ms);
  }

  begin();
  return {
    within(ms) {
      if (stopped) return;
      if (running !== null) hurry = Math.min(hurry, ms);
      else if (due > Date.now() + ms) wait(ms);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
