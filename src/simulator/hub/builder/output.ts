import { Buffer } from "node:buffer";
import type { OutputFile, TaskRow } from "../database.ts";

/** The part of a file that is written by now; undefined while there is no such file yet. Logs grow by whole lines. */
export function visibleContent(task: TaskRow, file: OutputFile, now: number): Uint8Array | undefined {
  const end = Math.min(now, task.completed ?? now);
  if (end < file.from) return undefined;
  if (end >= file.to) return file.content;
  const share = Math.floor((file.content.length * (end - file.from)) / (file.to - file.from));
  const lineEnd = file.content.lastIndexOf(10, share - 1);
  return file.content.subarray(0, lineEnd + 1);
}

/** When a file was last written to, epoch milliseconds. */
export function modifiedAt(task: TaskRow, file: OutputFile, now: number): number {
  return Math.min(file.to, task.completed ?? now, now);
}

/** What a builder is about to write, and how it ends. */
export interface LogPlan {
  readonly nvr: string;
  readonly arch: string;
  readonly chroot: string;
  readonly isSrpm: boolean;
  readonly start: number;
  readonly end: number;
  /** Files that appear with success, at the very end. */
  readonly results: readonly string[];
  /** The repository an SRPM is made from. */
  readonly checkout: string | undefined;
  /** Which log tells the failure, and its last lines; undefined: it succeeds. */
  readonly failure: { readonly log: "build.log" | "root.log"; readonly text: string } | undefined;
}

/** The logs of a mock run: root.log first, then build.log, both growing (transcripts `log-tail-*`). */
export function mockOutput(plan: LogPlan): OutputFile[] {
  const { start, end, failure } = plan;
  const rooted = failure?.log === "root.log" ? end : start + Math.min((end - start) * 0.3, 5000);
  const file = (name: string, from: number, to: number, text: string) => ({
    name,
    content: Buffer.from(text),
    from,
    to,
  });
  const build = file("build.log", rooted, end, buildLog(plan));
  const installed = file("installed_pkgs.log", rooted, rooted, "bash-5.2.37-1.x86_64 1743811200 7890123\n");
  const checkout = file("checkout.log", start, start, `$ git clone -n ${plan.checkout}\n$ git reset --hard\n`);
  const results = failure === undefined ? plan.results : [];
  return [
    ...(failure?.log === "root.log" ? [] : [build]),
    file("state.log", start, end, `DEBUG - Start: init\nDEBUG - Start: build phase for ${plan.nvr}\n`),
    ...(failure?.log === "root.log" || plan.isSrpm ? [] : [installed]),
    file("hw_info.log", start, start, "CPU info:\nArchitecture: x86_64\n\n\nMemory:\nMemTotal: 16384 kB\n"),
    file(
      "mock_output.log",
      start,
      rooted,
      `INFO: mock.py version 6.1 starting\nINFO: Start(${plan.nvr}.src.rpm)  Config(${plan.chroot})\n`,
    ),
    file("root.log", start, rooted, rootLog(plan)),
    ...(plan.checkout === undefined ? [] : [checkout]),
    file(
      "mock_config.log",
      start,
      start,
      `config_opts['root'] = '${plan.chroot}'\nconfig_opts['target_arch'] = '${plan.arch}'\n`,
    ),
    ...results.map((name) => file(name, end, end, `${name}\n`.repeat(40))),
  ];
}

function rootLog(plan: LogPlan): string {
  const lines = ["gcc", "make", "rpm-build", "redhat-rpm-config"].map((name) => `DEBUG util.py:  Installing ${name}\n`);
  const ending = plan.failure?.log === "root.log" ? plan.failure.text : "";
  return `DEBUG util.py:  Mock Version: 6.1\n${lines.join("")}${ending}`;
}

function buildLog(plan: LogPlan): string {
  const compile = Array.from(
    { length: 40 },
    (_, i) => `+ gcc -O2 -flto=auto -g -Wall -c file${i}.c -o file${i}.o   # naïve UTF-8: ✓\n`,
  );
  const ending =
    plan.failure?.text ?? `Wrote: /builddir/build/RPMS/${plan.nvr}.${plan.arch}.rpm\nChild return code was: 0\n`;
  const head = `Mock Version: 6.1\nBuilding target platforms: ${plan.arch}\nExecuting(%build): /bin/sh -e /var/tmp/rpm-tmp.XaBcDe\n+ umask 022\n`;
  return `${head}+ cd /builddir/build/BUILD/${plan.nvr}-build\n${compile.join("")}${ending}`;
}
