/**
 * The world's clock. It follows real time times `speed`, or stands still (`speed` 0); `advance` lets hours pass in no time. What is due runs in order of time, each at its own moment.
 */
export interface Clock {
  /** Epoch milliseconds, with fractions: the hub's times have microseconds. */
  now(): number;
  /** Runs `action` when `ms` of the world's time have passed. */
  after(ms: number, action: () => void): void;
  advance(ms: number): void;
  stop(): void;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

export function createClock(start: number, speed: number): Clock {
  const realStart = performance.now();
  const timers: Timer[] = [];
  let current = start;
  let skipped = 0;
  let order = 0;
  let alarm: NodeJS.Timeout | undefined;

  const runUntil = (end: number) => {
    for (let next = timers[0]; next !== undefined && next.at <= end; next = timers[0]) {
      timers.shift();
      current = Math.max(current, next.at);
      next.action();
    }
    current = Math.max(current, end);
  };
  const realNow = () => start + skipped + (performance.now() - realStart) * speed;
  const setAlarm = () => {
    clearTimeout(alarm);
    const next = timers[0];
    if (speed === 0 || next === undefined) return;
    alarm = setTimeout(
      () => {
        runUntil(realNow());
        setAlarm();
      },
      Math.min(Math.max((next.at - realNow()) / speed, 1), 2 ** 31 - 1),
    );
    alarm.unref();
  };
  return {
    now: () => {
      current = speed === 0 ? current + 0.001 : Math.max(current + 0.001, realNow());
      return current;
    },
    after: (ms, action) => {
      insert(timers, { at: current + ms, order: order++, action });
      setAlarm();
    },
    advance: (ms) => {
      skipped += ms;
      runUntil(speed === 0 ? current + ms : realNow());
      setAlarm();
    },
    stop: () => {
      clearTimeout(alarm);
      timers.length = 0;
    },
  };
}

/** Keeps the list sorted by time; equal times in order of arrival. */
function insert(timers: Timer[], timer: Timer): void {
  let low = 0;
  let high = timers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = timers[middle];
    if (other !== undefined && other.at <= timer.at) low = middle + 1;
    else high = middle;
  }
  timers.splice(low, 0, timer);
}
