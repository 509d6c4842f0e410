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
  readonly root: string;
  readonly start: number;
  readonly end: number;
  /** Files that appear with success, at the very end. */
  readonly results: readonly string[];
  /** Which log tells the failure, and its last lines; undefined: it succeeds. */
  readonly failure: { readonly log: "build.log" | "root.log"; readonly text: string } | undefined;
}

/** The logs of a mock run: root.log first, then build.log, both growing (transcripts `log-tail-*`). */
export function mockOutput(plan: LogPlan): OutputFile[] {
  const { start, end, failure } = plan;
  const rooted = failure?.log === "root.log" ? end : start + (end - start) * 0.3;
  const file = (name: string, text: string, from: number, to: number) => ({
    name,
    content: Buffer.from(text),
    from,
    to,
  });
  const files = [
    file(
      "mock_config.log",
      `config_opts['root'] = '${plan.root}'\nconfig_opts['target_arch'] = '${plan.arch}'\n`,
      start,
      start,
    ),
    file("hw_info.log", "CPU info:\nArchitecture: x86_64\n\n\nMemory:\nMemTotal: 16384 kB\n", start, start),
    file("root.log", rootLog(plan), start, rooted),
    file(
      "mock_output.log",
      `INFO: mock.py version 6.1 starting\nINFO: Start(${plan.nvr}.src.rpm)  Config(${plan.root})\n`,
      start,
      rooted,
    ),
    file("state.log", `DEBUG - Start: init\nDEBUG - Start: build phase for ${plan.nvr}\n`, start, end),
  ];
  if (failure?.log === "root.log") return files;
  files.push(file("installed_pkgs.log", "bash-5.2.37-1.x86_64 1743811200 7890123\n", rooted, rooted));
  files.push(file("build.log", buildLog(plan), rooted, end));
  if (failure === undefined) for (const name of plan.results) files.push(file(name, `${name}\n`.repeat(40), end, end));
  return files;
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
