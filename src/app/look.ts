import type { TaskView } from "../domain/build.ts";
import { isFinalTaskState, type Task, type TaskId } from "../domain/koji.ts";
import type { TaskWatch } from "../ports/hub.ts";
import type { RunningTask } from "../ports/store.ts";

/** What a tick asks a hub: about many tasks in one request, about none in no request. */

/** Where each running task is now; null for one the hub does not know. */
export async function lookAtTasks(hub: TaskWatch, running: readonly RunningTask[]): Promise<Map<TaskId, Task | null>> {
  const seen = new Map<TaskId, Task | null>();
  for (const task of await hub.active()) seen.set(task.id, task);
  const left = running.map((one) => one.task).filter((id) => !seen.has(id));
  const answers = left.length === 0 ? [] : await hub.tasks(left);
  for (const [i, id] of left.entries()) seen.set(id, answers[i] ?? null);
  return seen;
}

export async function lookAtChildren(hub: TaskWatch, tasks: readonly Task[]): Promise<Map<TaskId | null, Task[]>> {
  // A task nobody has taken up has no children yet.
  const parents = tasks.filter(({ state }) => state !== "FREE").map(({ id }) => id);
  return Map.groupBy(parents.length === 0 ? [] : await hub.children(parents), ({ parent }) => parent);
}

/** Why the failed ones of these failed, as far as the hub says it. */
export async function lookAtFailures(hub: TaskWatch, tasks: readonly Task[]): Promise<Map<TaskId, string | null>> {
  const failed = tasks.filter(({ state }) => state === "FAILED").map(({ id }) => id);
  const reasons = failed.length === 0 ? [] : await hub.failures(failed);
  return new Map(failed.map((id, i) => [id, reasons[i] ?? null]));
}

export function toView(task: Task, children: readonly Task[]): TaskView {
  const { id, state, startedAt, finishedAt } = task;
  const sorted = children.toSorted((a, b) => a.id - b.id);
  return { id, state, startedAt, finishedAt: isFinalTaskState(state) ? finishedAt : null, children: sorted };
}
