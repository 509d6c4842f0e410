import type { Build } from "./build.ts";
import { EN, say } from "./words/words.ts";

/** A real build on the hub. */
export interface HubBuild {
  readonly id: number;
  readonly nvr: string;
  readonly state: "BUILDING" | "COMPLETE" | "DELETED" | "FAILED" | "CANCELED";
  readonly owner: string;
  /** As its task was given it; null for imported ones. */
  readonly source: string | null;
  readonly task: number | null;
  /** Epoch milliseconds. */
  readonly finishedAt: number | null;
}

/** Of failed and canceled ones the NVR is free again (koji-facts, section 9). */
export function isInTheWay({ state }: HubBuild): boolean {
  return state !== "FAILED" && state !== "CANCELED";
}

/** The same commit is the same package, whatever it was cloned from. */
export function isOfCommit({ state, source }: HubBuild, { sha }: Pick<Build, "sha">): boolean {
  return state === "COMPLETE" && source !== null && source.endsWith(`#${sha}`);
}

/** Who built it and when, and what to do: one line for people. */
export function describeExisting({ nvr, state, owner, source, task, finishedAt }: HubBuild): string {
  if (state === "BUILDING") return say(EN, "why_being_built", { nvr, owner, task: String(task) });
  const commit = /#([0-9a-f]{7,64})$/.exec(source ?? "")?.[1]?.slice(0, 12);
  const facts = { nvr, owner, source: commit ?? source ?? EN.why_import };
  const what = state === "DELETED" ? "why_deleted" : "why_built";
  if (finishedAt === null) return say(EN, what, facts);
  return say(EN, `${what}_on`, { ...facts, date: new Date(finishedAt).toISOString().slice(0, 10) });
}

/** The build that a task of ours ran into, from the fault it failed with (transcript `getTaskResult-build-duplicate`). */
export function rivalOf(fault: string): { readonly build: number } | { readonly task: number } | null {
  const build = /Build already exists \(id=(\d+)/.exec(fault)?.[1];
  if (build !== undefined) return { build: Number(build) };
  const task = /Build already in progress \(task (\d+)\)/.exec(fault)?.[1];
  return task === undefined ? null : { task: Number(task) };
}
