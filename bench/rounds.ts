/** Runs a job and says how many milliseconds it takes. */
export type Job = () => Promise<number> | number;

/** Runs it so often in a row: on a busy machine only jobs that take about as long are interrupted as often. */
export function timed(work: () => unknown, times = 1): Job {
  return () => {
    const start = performance.now();
    for (let i = 0; i < times; i++) work();
    return (performance.now() - start) / times;
  };
}

const ROUNDS = 51;
/** Rounds before the first that counts: what is hot has to be compiled. */
const WARM_UP = 10;

/** Every round asks each contestant once, so that a slow minute of the machine hits all of them. Medians, in the order of the jobs. */
export async function race<const Jobs extends readonly Job[]>(
  jobs: Jobs,
): Promise<{ readonly [I in keyof Jobs]: number }> {
  const rounds: number[][] = [];
  for (let i = 0; i < WARM_UP + ROUNDS; i++) {
    const times: number[] = [];
    for (const job of jobs) times.push(await job());
    rounds.push(times);
  }
  const counted = rounds.slice(WARM_UP);
  return jobs.map((_, i) => median(counted.map((times) => times[i] ?? Number.NaN))) as {
    [I in keyof Jobs]: number;
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
