import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { type BuildResult, type Interruption, type StepState, stateOf, stateOfBuild } from "./result.ts";

/** What later steps are told. Of several builds, their values in a row with blanks between. */
export interface Outputs {
  readonly "task-id": string;
  readonly "task-url": string;
  readonly nvr: string;
  readonly state: StepState;
  readonly rpms: string;
}

export function toOutputs(results: readonly BuildResult[], interruption: Interruption): Outputs {
  const joined = (values: readonly (string | null)[]) =>
    values.filter((value) => value !== null && value !== "").join(" ");
  return {
    "task-id": joined(results.map(({ build }) => (build.task === null ? null : String(build.task.id)))),
    "task-url": joined(results.map(({ taskUrl }) => taskUrl)),
    nvr: joined(results.map(({ nvr }) => nvr)),
    state: stateOf(results, interruption),
    rpms: joined(results.flatMap(({ rpms }) => rpms)),
  };
}

/** $GITHUB_OUTPUT. With a delimiter nobody can guess: a value cannot end its own entry. */
export function writeGitHubOutputs(file: string, outputs: Outputs): void {
  const end = `kojibridge-${randomUUID()}`;
  const entries = Object.entries(outputs).map(([name, value]) => `${name}<<${end}\n${value}\n${end}\n`);
  appendFileSync(file, entries.join(""));
}

/** GitLab refuses a whole report whose file is larger. */
const DOTENV_LIMIT = 5 * 1024;

/** GitLab's dotenv report: `KOJI_TASK_ID` and so on. Names of packages that do not fit are left out. */
export function toDotenv(outputs: Outputs): string {
  const line = ([name, value]: [string, string]) => `KOJI_${name.toUpperCase().replaceAll("-", "_")}=${value}\n`;
  const text = Object.entries(outputs).map(line).join("");
  return text.length <= DOTENV_LIMIT
    ? text
    : Object.entries({ ...outputs, rpms: "" })
        .map(line)
        .join("");
}

export function toJson(results: readonly BuildResult[], interruption: Interruption): string {
  const builds = results.map((result) => {
    const { build, taskUrl, nvr, rpms, failures } = result;
    const { hub, target, scratch, arches, source, rule } = build.request;
    const state = stateOfBuild(result, interruption);
    const task = build.task === null ? null : { id: build.task.id, url: taskUrl, state: build.task.state };
    return {
      id: build.id,
      rule,
      hub,
      target,
      scratch,
      arches,
      source,
      sha: build.sha,
      state,
      reason: build.reason,
      task,
      nvr,
      rpms,
      failures,
    };
  });
  return `${JSON.stringify({ state: stateOf(results, interruption), builds }, null, 2)}\n`;
}
