import type { Build, TaskFailure, TaskView } from "../domain/build.ts";
import { digest } from "../domain/digest/digest.ts";
import { pickLogs } from "../domain/digest/pick.ts";
import type { FailedTask, LogRange, LogText } from "../domain/digest/types.ts";
import { isKind } from "../domain/errors.ts";
import type { TaskId } from "../domain/koji.ts";
import type { LogReader, TaskWatch } from "../ports/hub.ts";

type FailureSource = Pick<TaskWatch, "failures"> & LogReader;

/**
 * Why a failed build failed, what tells most first: one digest per child task that failed, canceled ones being
 * collateral, or of the build's own task where no child did.
 */
export async function findFailures(build: Build, hub: FailureSource, secrets: readonly string[]) {
  const culprits = build.task === null ? [] : culpritsOf(build.task);
  const faults = await hub.failures(culprits.map(({ id }) => id));
  const failures = await Promise.all(
    culprits.map(async ({ id, method, arch }, i): Promise<TaskFailure> => {
      const task: FailedTask = { method, arch, fault: faults[i] ?? null };
      return { task: id, arch, digest: digest(task, await readLogs(hub, id, task), secrets) };
    }),
  );
  return failures.toSorted((a, b) => silence(a) - silence(b));
}

interface Culprit {
  readonly id: TaskId;
  readonly method: string;
  readonly arch: string;
}

function culpritsOf({ id, children }: TaskView): Culprit[] {
  const failed = children.filter(({ state }) => state === "FAILED");
  if (failed.length === 0) return [{ id, method: "build", arch: "build" }];
  return failed.map(({ id, method, label, arch }) => ({ id, method, arch: label ?? arch }));
}

/** A package that does not build says more than a builder that fails beside it, and anything more than nothing. */
function silence({ digest }: TaskFailure): number {
  return digest.class === "unknown" ? 2 : digest.infra ? 1 : 0;
}

async function readLogs(hub: LogReader, id: TaskId, task: FailedTask): Promise<LogText[]> {
  const texts: LogText[] = [];
  for (const range of pickLogs(task, await hub.logs(id))) {
    const text = await readRange(hub, id, range);
    if (text !== null) texts.push({ name: range.name, text, whole: range.offset === 0 });
  }
  return texts;
}

/** Null for a file that is gone: koji-gc removes them, the fault remains. */
async function readRange(hub: LogReader, id: TaskId, range: LogRange): Promise<string | null> {
  try {
    return new TextDecoder().decode(await hub.log(id, range));
  } catch (error) {
    if (isKind(error, "rejected")) return null;
    throw error;
  }
}
