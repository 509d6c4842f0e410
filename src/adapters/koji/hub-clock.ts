/** The hub's idea of the time, from the `Date` headers of its answers. */
export interface HubClock {
  observe(date: string | undefined, sentAt: number, receivedAt: number): void;
  /** Epoch milliseconds, a little early rather than late; our own clock until the hub has spoken. */
  now(): number;
}

/** A `Date` header is the second in which the request came or was answered: of slow exchanges it says too little. */
const QUICK = 5000;

export function createHubClock(): HubClock {
  let offset: number | undefined;
  return {
    observe(date, sentAt, receivedAt) {
      const time = Date.parse(date ?? "");
      if (Number.isNaN(time) || (offset !== undefined && receivedAt - sentAt > QUICK)) return;
      offset = time - receivedAt;
    },
    now: () => Date.now() + (offset ?? 0),
  };
}
