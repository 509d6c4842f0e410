import { backoff } from "../domain/backoff.ts";
import type { Build, TaskView } from "../domain/build.ts";
import { explain, isKind } from "../domain/errors.ts";
import { isFinalTaskState, type Task, type TaskId } from "../domain/koji.ts";
import { observed, unseen, vanished } from "../domain/transitions.ts";
import type { TaskWatch } from "../ports/hub.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { BuildStore, RunningTask } from "../ports/store.ts";
import { createChildSchedule } from "./child-schedule.ts";
import { factsOf } from "./facts.ts";
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
}

export interface Watch {
  /** Something began: the next look comes after one interval at most. */
  soon(): void;
  stop(): Promise<void>;
}

/** After this long without an answer people are told; a hub that blinks is nobody's news. */
const TELL_AFTER_MS = 15_000;

/** All running builds of one hub together: a list of what is still active, then only what left it. */
export function createWatch(deps: WatchDeps): Watch {
  const { store, hub, now, log, name } = deps;
  const children = createChildSchedule(deps.interval);
  let downSince: number | null = null;
  let failures = 0;
  const pace = createPace(deps.interval);

  async function look(running: readonly RunningTask[]): Promise<void> {
    const seen = await lookAtTasks(hub, running);
    const told = running.filter((one) => {
      const task = seen.get(one.task);
      const moved = task === null || task?.state !== one.state || one.parked;
      return moved || children.isDue(one, now());
    });
    const isNews = told.some((one) => seen.get(one.task)?.state !== one.state);
    pace.saw(running, isNews, now());
    const family = await lookAtChildren(hub, told, seen);
    for (const one of told) {
      await tell(one, seen.get(one.task) ?? null, family.get(one.task) ?? []);
      children.looked(one, now());
    }
    children.forgetAllBut(running);
  }

  async function tell(one: RunningTask, task: Task | null, offspring: Task[]): Promise<void> {
    const before = await store.build(one.build);
    if (before === null || before.phase !== "running") return;
    const after = task === null ? vanished(before, now()) : await seenAs(before, task, offspring);
    if (after.phase !== before.phase) log.info({ ...factsOf(before), task: one.task, phase: after.phase }, "finished");
    await deps.save(before, after).catch(ignoreConflict);
  }

  async function seenAs(before: Build, task: Task, offspring: Task[]): Promise<Build> {
    const reason = task.state === "FAILED" ? await hub.failure(task.id) : null;
    return observed(before, toView(task, offspring), reason ?? "the task failed", now());
  }

  /** Told once: running builds whose hub does not answer say so instead of pretending. */
  async function tellDown(running: readonly RunningTask[]): Promise<void> {
    for (const { build, parked } of running) {
      const before = parked ? null : await store.build(build);
      if (before?.phase === "running")
        await deps.save(before, unseen(before, "hub unavailable", now())).catch(ignoreConflict);
    }
  }

  async function tick(): Promise<void> {
    const running = await store.running(name);
    if (running.length === 0) return pace.idle(now());
    const begun = now();
    try {
      await look(running);
      pace.took(now() - begun);
      if (downSince !== null) log.info({ hub: name, after: now() - downSince }, "hub answers again");
      downSince = null;
      failures = 0;
    } catch (error) {
      downSince ??= now();
      failures += 1;
      log.warn({ hub: name, error: explain(error), running: running.length }, "cannot watch the hub, will retry");
      if (now() - downSince >= TELL_AFTER_MS) await tellDown(running);
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

/** Where each running task is now; null for one the hub does not know. */
async function lookAtTasks(hub: TaskWatch, running: readonly RunningTask[]): Promise<Map<TaskId, Task | null>> {
  const seen = new Map<TaskId, Task | null>();
  for (const task of await hub.active()) seen.set(task.id, task);
  const left = running.map((one) => one.task).filter((id) => !seen.has(id));
  const answers = left.length === 0 ? [] : await hub.tasks(left);
  for (const [i, id] of left.entries()) seen.set(id, answers[i] ?? null);
  return seen;
}

async function lookAtChildren(
  hub: TaskWatch,
  told: readonly RunningTask[],
  seen: ReadonlyMap<TaskId, Task | null>,
): Promise<Map<TaskId, Task[]>> {
  // A task nobody has taken up has no children yet.
  const parents = told.map((one) => one.task).filter((id) => seen.get(id)?.state !== "FREE" && seen.get(id) != null);
  const family = new Map<TaskId, Task[]>();
  if (parents.length === 0) return family;
  for (const child of await hub.children(parents)) {
    if (child.parent === null) continue;
    const siblings = family.get(child.parent) ?? [];
    siblings.push(child);
    family.set(child.parent, siblings);
  }
  return family;
}

function toView(task: Task, children: readonly Task[]): TaskView {
  const { id, state, startedAt, finishedAt } = task;
  const sorted = children.toSorted((a, b) => a.id - b.id);
  return { id, state, startedAt, finishedAt: isFinalTaskState(state) ? finishedAt : null, children: sorted };
}
