import { setTimeout as delay } from "node:timers/promises";
import { check, type Verdict } from "./check.ts";
import { createDeliveries } from "./deliver.ts";
import type { Plan } from "./plan.ts";
import type { Stage } from "./stage.ts";
import { createTroubles } from "./troubles.ts";

export interface Outcome extends Verdict {
  readonly acknowledged: number;
  readonly again: number;
  readonly kills: number;
  readonly tasks: number;
}

/** Delivers what the plan says while what it says goes wrong, waits until all is settled, and looks at what became of it. */
export async function perform(plan: Plan, stage: Stage, tell: (line: string) => void): Promise<Outcome> {
  const { worlds, fleet, records } = stage;
  const deliveries = createDeliveries(fleet);
  const troubles = createTroubles(stage);
  const start = Date.now();
  const untilThen = (at: number) => delay(Math.max(0, start + at - Date.now()));
  const suffering = (async () => {
    for (const trouble of plan.troubles) {
      await untilThen(trouble.at);
      troubles.begin(trouble);
    }
    await troubles.over();
  })();
  for (const call of plan.calls) {
    await untilThen(call.at);
    await deliveries.begin(call);
  }
  await Promise.all([deliveries.all(), suffering]);
  tell(`${deliveries.acknowledged.size} acknowledged, ${troubles.kills} kills; waiting until all is settled`);
  await untilStill(() => records.unsettled(), tell);
  const verdict = await check(plan, deliveries.acknowledged, worlds, records);
  const numbers = { acknowledged: deliveries.acknowledged.size, again: deliveries.again, kills: troubles.kills };
  return { ...verdict, ...numbers, tasks: worlds.hub.buildTasks().length };
}

/** Longer than anything waits for its next try. */
const PATIENCE_MS = 90_000;

/** Until nothing is left to do, or nothing has moved for longer than anything waits. */
async function untilStill(unsettled: () => Promise<number>, tell: (line: string) => void): Promise<void> {
  let [fewest, since] = [Number.POSITIVE_INFINITY, Date.now()];
  for (;;) {
    const left = await unsettled();
    if (left === 0) return;
    if (left < fewest) [fewest, since] = [left, Date.now()];
    if (Date.now() - since > PATIENCE_MS) return tell(`${left} records are still not settled`);
    await delay(200);
  }
}
