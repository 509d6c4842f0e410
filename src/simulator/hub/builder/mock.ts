import type { Core } from "../core.ts";
import { nextId } from "../database.ts";
import { buildError, HubFault } from "../fault.ts";
import type { OutputFile, Repo, Tag, TaskRow } from "../rows.ts";
import type { Answer } from "../values.ts";
import { mockOutput, toFile } from "./logs.ts";
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

const FAILURE = `\
hello.c: In function ‘main’:
hello.c:12:17: error: ‘greeting’ undeclared (first use in this function)
   12 |   return puts ( greeting );
      |                 ^~~~~~~~
make: *** [Makefile:9: hello.o] Error 1
error: Bad exit status from /var/tmp/rpm-tmp.XaBcDe (%build)

RPM build errors:
    Bad exit status from /var/tmp/rpm-tmp.XaBcDe (%build)
Child return code was: 1
`;

/** A mirror that does not answer while the buildroot is made. */
const NO_MIRROR = `\
DEBUG util.py:461:  Executing command: ['/usr/bin/dnf5', '--installroot', '/var/lib/mock/root', 'group', 'install', 'build']
DEBUG util.py:461:  >>> Curl error (28): Timeout was reached for https://kojipkgs.example.org/repos/f42-build/latest/x86_64/repodata/repomd.xml
DEBUG util.py:461:  Failed to download metadata (baseurl: "https://kojipkgs.example.org/repos/f42-build/latest/x86_64") for repository "build"
DEBUG util.py:610:  Child return code was: 1
`;

/** What the log of the failing task ends with, where it is no package that does not build. */
const WRITTEN: Readonly<Partial<Record<Outcome["result"], string>>> = { infra: NO_MIRROR, crash: "" };

/** Writes the logs and ends the task when mock is over: a failure earlier than a success, a hang never. */
export function runMock(task: TaskRow, work: Work, run: MockRun): void {
  const { plan } = run;
  const fault = run.fault && plan.fault !== undefined ? buildError(plan.fault) : run.fault;
  const start = work.core.clock.now();
  const hangs = plan.result === "hang" && task.method === "buildArch";
  const span = hangs ? HANGING_LOG : fault === undefined ? run.duration : run.duration * 0.8;
  const log = fault?.text.includes("see root.log") ? "root.log" : "build.log";
  const text = plan.log ?? WRITTEN[plan.result] ?? FAILURE;
  const failure = fault === undefined ? undefined : ({ log, text } as const);
  const output = mockOutput({ ...run, start, end: start + span, failure, isSrpm: task.method !== "buildArch" });
  task.output.push(...(fault === undefined ? output : withLogs(output, plan.logs ?? {}, start + span)));
  if (hangs) return;
  work.later(task, span, () => {
    if (fault !== undefined) throw fault;
    work.close(task, run.value());
  });
}

/** Instead of what was written, or beside it; complete when the task ends. */
function withLogs(output: readonly OutputFile[], logs: Readonly<Record<string, string>>, end: number): OutputFile[] {
  const others = output.filter(({ name }) => logs[name] === undefined);
  return [...others, ...Object.entries(logs).map(([name, text]) => toFile(name, end, end, () => text))];
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
