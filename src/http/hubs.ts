import type { Task } from "../domain/koji.ts";
import { archOf } from "../domain/report.ts";
import type { HubInsight } from "../ports/insight.ts";
import { createLook, type Seen } from "./look.ts";

export interface HubPlace {
  readonly name: string;
  readonly webUrl: string | null;
  readonly insight: HubInsight;
}

/** What a hub says of itself when it is asked. */
export interface HubState {
  readonly user: string | null;
  readonly waiting: readonly Task[];
}

export type HubLook = (hub: HubPlace) => Promise<Seen<HubState>>;

const FRESH_MS = 10_000;
/** Nobody waits for a hub: what it says later is there for the next one who looks. */
const PATIENCE_MS = 300;

export function createHubLook(now: () => number): HubLook {
  const look = createLook<HubState>({ freshMs: FRESH_MS, patienceMs: PATIENCE_MS, most: 100, now });
  return ({ name, insight }) =>
    look(name, async () => {
      const [user, waiting] = await Promise.all([insight.whoami(), insight.waiting()]);
      return { user, waiting };
    });
}

export type UpOrDown = "up" | "down" | "unknown";

export function upOrDown(seen: Seen<HubState>, downUntil: number | null): UpOrDown {
  if ("value" in seen) return "up";
  return downUntil === null ? "unknown" : "down";
}

export async function hubJson({ name, webUrl, insight }: HubPlace, look: Promise<Seen<HubState>>, running: number) {
  const seen = await look;
  const downUntil = insight.downUntil();
  const tasks = "value" in seen ? seen.value.waiting : [];
  const waiting = Object.fromEntries([...Map.groupBy(tasks, archOf)].map(([arch, own]) => [arch, own.length]));
  const user = "value" in seen ? seen.value.user : null;
  const problem = "problem" in seen ? seen.problem : null;
  return { name, webUrl, state: upOrDown(seen, downUntil), problem, user, downUntil, waiting, running };
}
