import type { Core } from "../core.ts";
import { nextId } from "../database.ts";
import { buildError, HubFault } from "../fault.ts";
import type { Repo, Tag, TaskRow } from "../rows.ts";
import type { Answer } from "../values.ts";
import { mockOutput } from "./logs.ts";
import type { Outcome } from "./outcome.ts";
import type { Work } from "./scheduler.ts";

/** One run of mock in a fresh buildroot. */
export interface MockRun {
  readonly nvr: string;
  /** `noarch` for SRPMs. */
  readonly arch: string;
  readonly chroot: string;
  readonly duration: number;
  /** Files it leaves when it succeeds. */
  readonly results: readonly string[];
  readonly checkout: string | undefined;
  readonly fault: HubFault | undefined;
  readonly plan: Outcome;
  readonly value: () => Answer;
}

const FAILURE =
  "error: Bad exit status from /var/tmp/rpm-tmp.XaBcDe (%build)\n\nRPM build errors:\nChild return code was: 1\n";

/** Writes the logs and ends the task when mock is over: a failure earlier than a success, a hang never. */
export function runMock(task: TaskRow, work: Work, run: MockRun): void {
  const { fault, plan } = run;
  const start = work.core.clock.now();
  const hangs = plan.result === "hang" && task.method === "buildArch";
  const span = hangs ? HANGING_LOG : fault === undefined ? run.duration : run.duration * 0.8;
  const log = fault?.text.includes("see root.log") ? "root.log" : "build.log";
  const failure = fault === undefined ? undefined : ({ log, text: plan.log ?? FAILURE } as const);
  task.output.push(...mockOutput({ ...run, start, end: start + span, failure, isSrpm: task.method !== "buildArch" }));
  if (hangs) return;
  work.later(task, span, () => {
    if (fault !== undefined) throw fault;
    work.close(task, run.value());
  });
}

/** A hanging build still writes for ten minutes. */
const HANGING_LOG = 600_000;

export function addBuildroot(
  core: Core,
  task: TaskRow,
  arch: string,
  root: { tag: Tag; repo: Repo },
): { id: number; chroot: string } {
  const id = nextId(core.db, "buildroot");
  core.db.buildroots.set(id, {
    id,
    task: task.id,
    arch,
    tag: root.tag.id,
    repo: root.repo.id,
    created: core.clock.now(),
  });
  return { id, chroot: `${root.tag.name}-${id}-${root.repo.id}` };
}

/** In the order kojid names them in a result; checkout.log is in the directory only. */
const LOGS = [
  "root.log",
  "mock_output.log",
  "build.log",
  "installed_pkgs.log",
  "hw_info.log",
  "mock_config.log",
  "state.log",
];

export function logPaths(task: TaskRow): string[] {
  const written = LOGS.filter((name) => task.output.some((file) => file.name === name));
  return written.map((name) => taskPath(task, name));
}

/** Relative to the topdir's `work/`. */
export function taskPath(task: TaskRow, name: string): string {
  return `tasks/${task.id % 10000}/${task.id}/${name}`;
}

/** mock's exit status in kojid's words: 1 may be either log, 10 is the build's. */
export function mockFault(what: string, exit = 1): HubFault {
  const log = exit === 1 ? "build.log or root.log" : exit === 10 ? "build.log" : "root.log";
  return buildError(`${what}, mock exited with status ${exit}; see ${log} for more information`);
}

export function infraFault(): HubFault {
  const text = "could not init mock buildroot, mock exited with status 30; see root.log for more information";
  return new HubFault(1012, text, "koji.BuildrootError");
}
