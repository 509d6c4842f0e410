import type { z } from "zod";
import type { MacroStrategy, TaskOptions } from "../domain/build.ts";
import { conditionsProblem, type Macros, mergeMacros, toConditions } from "../domain/macros.ts";
import { type Loose, looseTexts } from "./loose.ts";
import type { Finding, Path } from "./problem.ts";
import type { optionShape, overrideShape } from "./schema-macros.ts";

type Written<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

export interface Overrides {
  readonly macros: Macros;
  readonly strategy: MacroStrategy | null;
}

/** `macros` are nearer to rpm than `with` and `without`: they win where both speak of one. */
export function toOverrides(written: Written<typeof overrideShape>): Overrides {
  const conditions = toConditions(written.with ?? [], written.without ?? []);
  return { macros: mergeMacros([conditions, written.macros ?? {}]), strategy: written.macro_strategy ?? null };
}

/** What the schema cannot say of one key alone. */
export function overrideFindings(written: Loose, path: Path): Finding[] {
  const names = (key: string) => looseTexts(written[key], []).map(({ value }) => value);
  const message = conditionsProblem(names("with"), names("without"));
  // The names by themselves are the schema's to judge.
  return message?.includes("both") ? [{ path: [...path, "without"], message }] : [];
}

export function toTaskOptions(written: Written<typeof optionShape>): TaskOptions {
  const { wait_repo, wait_builds, priority, channel, fail_fast, skip_tag, draft, repo_id } = written;
  return {
    ...(wait_repo !== undefined && { waitRepo: wait_repo }),
    ...(wait_builds !== undefined && { waitBuilds: wait_builds }),
    ...(priority !== undefined && { priority }),
    ...(channel !== undefined && { channel }),
    ...(fail_fast !== undefined && { failFast: fail_fast }),
    ...(skip_tag !== undefined && { skipTag: skip_tag }),
    ...(draft !== undefined && { draft }),
    ...(repo_id !== undefined && { repoId: repo_id }),
  };
}

const REAL_ONLY = ["skip_tag", "draft", "on_existing"];

/** Options the builder would refuse or ignore (koji-facts, section 9), said before it is asked. */
export function optionFindings(build: Loose, path: Path): Finding[] {
  const findings: Finding[] = [];
  const add = (key: string, message: string) => findings.push({ path: [...path, key], atKey: true, message });
  if (build.scratch !== false)
    for (const key of REAL_ONLY)
      if (build[key] !== undefined) add(key, "only real builds are tagged and kept; it needs `scratch: false`");
  if (build.repo_id === undefined) return findings;
  for (const key of ["wait_repo", "wait_builds"])
    if (build[key] !== undefined) add(key, "with a `repo_id` there is nothing to wait for; drop one of the two");
  for (const key of ["macros", "with", "without"])
    if (build[key] !== undefined) add(key, "macros are read with a repository made after them; drop `repo_id`");
  return findings;
}
