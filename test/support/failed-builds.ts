import type { Build } from "../../src/domain/build.ts";
import { digest } from "../../src/domain/digest/digest.ts";
import type { Task, TaskState } from "../../src/domain/koji.ts";
import { aBuild } from "../contract/store.contract.ts";
import { readCase } from "./corpus.ts";

export function anArch(id: number, label: string, state: TaskState, seconds: number): Task {
  const times = { createdAt: 0, startedAt: 0, finishedAt: seconds * 1000 };
  return { id, parent: 7, method: "buildArch", state, label, arch: "noarch", ...times };
}

/** A build that failed on these arches like a case of the corpus. */
export function aFailedBuild(name: string, arches: readonly string[], change: Partial<Build> = {}): Build {
  const { task, logs } = readCase(name);
  const texts = Object.entries(logs).map(([log, text]) => ({ name: log, text, whole: true }));
  const told = digest(task, texts);
  const children = arches.map((arch, i) => anArch(20 + i, arch, "FAILED", 125));
  const failures = children.map(({ id, label }) => ({ task: id, arch: label ?? "", digest: told }));
  const view = { id: 7, state: "FAILED" as const, startedAt: 0, finishedAt: 130_000, children };
  return aBuild({ phase: "failed", reason: told.cause, failures, task: view, ...change });
}
