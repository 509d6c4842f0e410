/**
 * What can go wrong between a client and a hub, turned on at any time. `method` undefined means every method; `times` says how many
 * requests are hit, from now on.
 */
export interface Faults {
  /** ServerOffline: fault 1014 to everything, until `online`. */
  offline(message?: string): void;
  online(): void;
  /** Refuses connections and breaks the open ones, until `up`; the same port afterwards. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** A proxy in front answers; the hub never sees the request. */
  http502(method?: string, times?: number): void;
  /** HTTP 200 with a page of HTML, as a captive portal or a login page does it; not executed. */
  htmlAnswer(method?: string, times?: number): void;
  /** The connection breaks before the hub sees the request. */
  dropBeforeExecute(method?: string, times?: number): void;
  /** Executed and committed, but the answer is lost. */
  dropAnswerAfterCommit(method?: string, times?: number): void;
  /** The answer breaks off in the middle. */
  truncateAnswer(method?: string, times?: number): void;
  /** Executed at once, answered after `ms` of real time. */
  slowAnswer(method: string | undefined, ms: number, times?: number): void;
  /** In flight for `ms` of real time, holding its session's row lock, before it is executed and committed. */
  delayCommit(method: string | undefined, ms: number, times?: number): void;
  /** As `delayCommit`, for as long as the test wants. */
  hold(method?: string, times?: number): Gate;
  /** Ends everything above but `offline` and `down`. */
  clear(): void;
}

interface Gate {
  /** Resolves when the first request waits at the gate. */
  readonly reached: Promise<void>;
  release(): void;
}

type FaultKind = "http502" | "html" | "dropBefore" | "dropAfter" | "truncate" | "slow" | "delay" | "hold";

interface Rule {
  readonly kind: FaultKind;
  readonly method: string | undefined;
  left: number;
  /** Waits for what the fault waits for. */
  readonly wait: () => Promise<void>;
}

export interface Steering {
  /** Uses up one rule of this kind for this method; its wait, or undefined when there is none. */
  take(kind: FaultKind, method: string | null): (() => Promise<void>) | undefined;
  readonly faults: Omit<Faults, "offline" | "online" | "down" | "up">;
}

export function createSteering(): Steering {
  const rules: Rule[] = [];
  const gates: Gate[] = [];
  const add = (kind: FaultKind, method: string | undefined, times = 1, wait = async () => {}) => {
    rules.push({ kind, method, left: times, wait });
  };
  const sleep = (ms: number) => () => new Promise<void>((resolve) => setTimeout(resolve, ms));
  return {
    take(kind, method) {
      const rule = rules.find(
        (one) => one.kind === kind && one.left > 0 && (one.method === undefined || one.method === method),
      );
      if (rule !== undefined) rule.left--;
      return rule?.wait;
    },
    faults: {
      http502: (method, times) => add("http502", method, times),
      htmlAnswer: (method, times) => add("html", method, times),
      dropBeforeExecute: (method, times) => add("dropBefore", method, times),
      dropAnswerAfterCommit: (method, times) => add("dropAfter", method, times),
      truncateAnswer: (method, times) => add("truncate", method, times),
      slowAnswer: (method, ms, times) => add("slow", method, times, sleep(ms)),
      delayCommit: (method, ms, times) => add("delay", method, times, sleep(ms)),
      hold(method, times) {
        const reached = Promise.withResolvers<void>();
        const released = Promise.withResolvers<void>();
        add("hold", method, times, () => {
          reached.resolve();
          return released.promise;
        });
        const gate = { reached: reached.promise, release: released.resolve };
        gates.push(gate);
        return gate;
      },
      clear() {
        rules.length = 0;
        for (const gate of gates.splice(0)) gate.release();
      },
    },
  };
}
