import type { Numbering, Sequence } from "../../src/simulator/hub/index.ts";
import type { Decoded, Exchange } from "./koji-exchanges.ts";

/** Gives the world the recording's own numbers, so that its requests can be sent as they are. */
export interface RecordedIds {
  readonly numbering: Numbering;
  /** The next row of this kind gets this number. */
  next(ids: Partial<Record<Sequence, number>>): void;
  /** Learns from an exchange's recorded answer what its request will make. */
  expect(exchange: Exchange): void;
}

/** What the recording asks about but never shows together with what makes it known. */
const UNSHOWN: readonly (readonly [string, number])[] = [
  ["task 1080/buildArch/x86_64", 1180],
  ["task 1094/rebuildSRPM/srpm", 1138],
  ["task 1242/buildArch/x86_64", 1244],
  ["repo f42-build", 1],
  ["repo c9s-build", 3],
  ["repo an8-build", 5],
  ["repo noarches-build", 6],
];

export function createIds(exchanges: readonly Exchange[]): RecordedIds {
  const shown = new Map<string, number[]>();
  const add = (key: string, id: number) => {
    const ids = shown.get(key);
    if (ids === undefined) shown.set(key, [id]);
    else if (!ids.includes(id)) ids.push(id);
  };
  for (const [key, id] of UNSHOWN) add(key, id);
  for (const { outcome } of exchanges) if (outcome.kind === "result") collect(outcome.value, add);
  const pending = new Map<string, number>();
  const next = (ids: Partial<Record<Sequence, number>>) => {
    for (const [sequence, id] of Object.entries(ids)) pending.set(sequence, id);
  };
  const take = (sequence: Sequence) => {
    const id = pending.get(sequence);
    pending.delete(sequence);
    return id;
  };
  let spare = 100_000;
  return {
    next,
    expect: (exchange) => next(made(exchange)),
    numbering(sequence, about) {
      const { parent = null, method, label, task } = about;
      if (sequence === "task" && parent === null) return take("task") ?? spare++;
      const known = shown.get(
        sequence === "task" ? `task ${parent}/${method}/${label}` : `${sequence} ${label ?? task}`,
      );
      return known?.shift() ?? take(sequence) ?? (sequence === "task" ? spare++ : undefined);
    },
  };
}

/** Children by parent, method and label; builds by task; the rest by name. Repos come in the order of their numbers. */
function collect(value: Decoded, add: (key: string, id: number) => void): void {
  if (value === null || typeof value !== "object") return;
  if (!Array.isArray(value)) {
    const row = value as { readonly [key: string]: Decoded };
    const id = Number(row.id);
    if (typeof row.parent === "number") add(`task ${row.parent}/${row.method}/${row.label}`, id);
    if (typeof row.task_id === "number" && "build_id" in row) add(`build ${row.task_id}`, Number(row.build_id));
    if ("dest_tag" in row) add(`target ${row.name}`, id);
    if ("custom_opts" in row) add(`repo ${row.tag_name}`, id);
    if ("tries" in row) add(`repoRequest ${row.tag_name}`, id);
  }
  for (const member of Object.values(value)) collect(member, add);
}

/** A session, a side tag or a task, by what the method answers. */
function made({ method, outcome }: Exchange): Partial<Record<Sequence, number>> {
  if (outcome.kind !== "result") return {};
  const [first] = method === "multiCall" ? (outcome.value as Decoded[][]).flat() : [outcome.value];
  if (typeof first === "number") return makesTask(method, first) ? { task: first } : {};
  if (typeof first !== "object" || first === null || Array.isArray(first)) return {};
  const { "session-id": session, id } = first as { readonly [key: string]: Decoded };
  if (typeof session === "number") return { session };
  return method === "createSideTag" ? { tag: Number(id) } : {};
}

function makesTask(method: string | null, id: number): boolean {
  return /^(build|chainBuild|resubmitTask|tagBuild)$/.test(method ?? "") || (method === "multiCall" && id > 1000);
}
