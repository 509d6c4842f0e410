import { Buffer } from "node:buffer";
import type { OutputFile } from "../rows.ts";

/** What a run of mock is about to write, and how it ends. Times are epoch milliseconds. */
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

/**
 * The files of a mock run, in the order the recorded hub listed them: root.log grows first, then build.log (transcripts
 * `log-tail-*`).
 */
export function mockOutput(plan: LogPlan): OutputFile[] {
  const { start, end, failure, checkout } = plan;
  const stopsEarly = failure?.log === "root.log";
  const rooted = stopsEarly ? end : start + Math.min((end - start) * 0.3, 5000);
  const logs: (OutputFile | false)[] = [
    !stopsEarly && toFile("build.log", rooted, end, () => buildLog(plan)),
    toFile("state.log", start, end, () => `DEBUG - Start: init\nDEBUG - Start: build phase for ${plan.nvr}\n`),
    !stopsEarly && !plan.isSrpm && toFile("installed_pkgs.log", rooted, rooted, () => PACKAGES),
    toFile("hw_info.log", start, start, () => "CPU info:\nArchitecture: x86_64\n\nMemory:\nMemTotal: 16384 kB\n"),
    toFile("mock_output.log", start, rooted, () => `INFO: mock.py version 6.1 starting\nINFO: Start(${plan.nvr})\n`),
    toFile("root.log", start, rooted, () => rootLog(plan)),
    checkout !== undefined && toFile("checkout.log", start, start, () => `$ git clone -n ${checkout}\n`),
    toFile("mock_config.log", start, start, () => `config_opts['root'] = '${plan.chroot}'\n`),
  ];
  const results = failure === undefined ? plan.results : [];
  const packages = results.map((name) => toFile(name, end, end, () => `${name}\n`.repeat(40)));
  return [...logs.filter((file) => file !== false), ...packages];
}

export function toFile(name: string, from: number, to: number, text: () => string): OutputFile {
  return { name, from, to, content: () => Buffer.from(text()) };
}

const PACKAGES = "bash-5.2.37-1.x86_64 1743811200 7890123\n";

function rootLog({ failure }: LogPlan): string {
  const lines = ["gcc", "make", "rpm-build", "redhat-rpm-config"].map((name) => `DEBUG util.py:  Installing ${name}\n`);
  return `DEBUG util.py:  Mock Version: 6.1\n${lines.join("")}${failure?.log === "root.log" ? failure.text : ""}`;
}

/** With some text beyond ASCII, as compilers print it: offsets are bytes. */
function buildLog({ nvr, arch, failure }: LogPlan): string {
  const head = `Mock Version: 6.1\nBuilding target platforms: ${arch}\nExecuting(%build): /bin/sh -e /var/tmp/rpm-tmp.XaBcDe\n`;
  const compile = Array.from(
    { length: 40 },
    (_, i) => `+ gcc -O2 -g -Wall -c file${i}.c -o file${i}.o   # naïve UTF-8: ✓\n`,
  );
  const wrote = `Wrote: /builddir/build/RPMS/${nvr}.${arch}.rpm\nChild return code was: 0\n`;
  return `${head}+ cd /builddir/build/BUILD/${nvr}-build\n${compile.join("")}${failure?.text ?? wrote}`;
}
