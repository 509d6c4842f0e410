import { backoff } from "../domain/backoff.ts";
import type { TaskView } from "../domain/build.ts";
import { explain, isKind } from "../domain/errors.ts";
import { isFinalTaskState } from "../domain/koji.ts";
import { looksSame, observed, unseen, vanished } from "../domain/transitions.ts";
import { EN } from "../domain/words/en.ts";
import type { TaskWatch } from "../ports/hub.ts";
import type { Held } from "../ports/leases.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { BuildStore, RunningTask } from "../ports/store.ts";
import { createChildSchedule } from "./child-schedule.ts";
import { factsOf } from "./facts.ts";
import { lookAtChildren, lookAtFailures, lookAtTasks, toView } from "./look.ts";
import { createLoop } from "./loop.ts";
import { createPace } from "./pace.ts";
import type { Save } from "./save.ts";

export interface WatchDeps {
  readonly name: string;
  readonly hub: TaskWatch;
  readonly store: BuildStore;
  readonly save: Save;
  readonly now: Clock;
  readonly log: Log;
  /** `poll_interval`, milliseconds. */
  readonly interval: number;
  /** What makes this process the one that watches the hub; null while another one does. */
  readonly lease: () => Held | null;
}

export interface Watch {
  /** Something began: the next look comes after one interval at most. */
  soon(): void;
  stop(): Promise<void>;
}

/** After this long without an answer people are told; a hub that blinks is nobody's news. */
const TELL_AFTER_MS = 15_000;

/** All running builds of one hub together: a list of what is still active, then what left it; only news are saved. */
export function createWatch(deps: WatchDeps): Watch {
  const { store, hub, now, log, name } = deps;
  const children = createChildSchedule(deps.interval);
  let downSince: number | null = null;
  let failures = 0;
  const pace = createPace(deps.interval);

  async function look(running: readonly RunningTask[], held: Held): Promise<void> {
    const seen = await lookAtTasks(hub, running);
    const moved = running.filter((one) => seen.get(one.task)?.state !== one.state);
    pace.saw(running, moved.length > 0, now());
    const told = new Set([...moved, ...running.filter((one) => one.parked), ...children.due(running, now())]);
    const tasks = [...told].flatMap((one) => seen.get(one.task) ?? []);
    const family = await lookAtChildren(hub, tasks);
    const reasons = await lookAtFailures(hub, tasks);
    for (const one of told) {
      const task = seen.get(one.task) ?? null;
      await tell(one, task && toView(task, family.get(one.task) ?? []), reasons.get(one.task) ?? null, held);
      children.looked(one, now());
    }
    children.forgetAllBut(running);
  }

  async function tell(one: RunningTask, view: TaskView | null, reason: string | null, held: Held): Promise<void> {
    const before = await store.build(one.build);
    if (before?.phase !== "running" || before.task?.id !== one.task || isFinalTaskState(before.task.state)) return;
    const after = view === null ? vanished(before, now()) : observed(before, view, reason ?? EN.why_failed, now());
    if (after.phase !== before.phase) log.info({ ...factsOf(before), task: one.task, phase: after.phase }, "finished");
    if (!looksSame(before, after)) await deps.save(before, after, held).catch(ignoreConflict);
  }

  /** Told once: running builds whose hub does not answer say so instead of pretending. */
  async function tellDown(running: readonly RunningTask[], held: Held): Promise<void> {
    for (const { build, parked } of running) {
      const before = parked ? null : await store.build(build);
      if (before?.phase === "running")
        await deps.save(before, unseen(before, EN.why_hub_unavailable, now()), held).catch(ignoreConflict);
    }
  }

  async function tick(): Promise<void> {
    const held = deps.lease();
    const running = held === null ? [] : await store.running(name);
    if (held === null) [downSince, failures] = [null, 0];
    if (held === null || running.length === 0) return pace.idle(now());
    const begun = now();
    try {
      await look(running, held);
      pace.took(now() - begun);
      if (downSince !== null) log.info({ hub: name, after: now() - downSince }, "hub answers again");
      downSince = null;
      failures = 0;
    } catch (error) {
      downSince ??= now();
      failures += 1;
      log.warn({ hub: name, error: explain(error), running: running.length }, "cannot watch the hub, will retry");
      if (now() - downSince >= TELL_AFTER_MS) await tellDown(running, held);
    }
  }

  const wait = () => (failures === 0 ? pace.wait(now()) : Math.max(deps.interval, backoff(failures - 1, 0) / 2));
  const loop = createLoop(tick, wait, (error) =>
    log.error({ hub: name, error: explain(error) }, "watching failed, will retry"),
  );
  return { soon: () => loop.within(deps.interval), stop: loop.stop };
}

function ignoreConflict(error: unknown): void {
  if (!isKind(error, "conflict")) throw error;
}
