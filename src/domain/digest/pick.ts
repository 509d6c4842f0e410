import type { FailedTask, LogFile, LogRange } from "./types.ts";

interface Choice {
  readonly when: RegExp;
  /** Best first. */
  readonly logs: readonly string[];
}

/**
 * What a fault says about where to look (koji-facts, section 8). mock exits with 1 when rpmbuild failed and when it did
 * itself, with 10 for rpmbuild, 11 on a timeout, 20 to 30 for the buildroot (mockbuild/exception.py).
 */
const CHOICES: readonly Choice[] = [
  { when: /see checkout\.log|\bSCM\b/, logs: ["checkout.log"] },
  { when: /could not init mock buildroot/, logs: ["root.log", "mock_output.log"] },
  { when: /error retrieving sources/, logs: ["checkout.log", "build.log", "root.log"] },
  { when: /status 1[01]?;/, logs: ["build.log", "root.log", "mock_output.log"] },
  { when: /see root\.log|killed by signal/, logs: ["root.log", "build.log", "mock_output.log"] },
];
const SRPM: readonly string[] = ["checkout.log", "build.log", "root.log", "mock_output.log"];
const ARCH: readonly string[] = ["build.log", "root.log", "mock_output.log"];

const KIB = 1024;
/** The error is near the end, but parallel jobs go on talking, and a failing test suite prints its logs. */
const TAILS: Readonly<Record<string, number>> = {
  "build.log": 512 * KIB,
  "root.log": 128 * KIB,
  "mock_output.log": 32 * KIB,
  "checkout.log": 64 * KIB,
};

/** Which ends of which logs to fetch, best first; at most 736 KiB together. Empty if there is none that tells. */
export function pickLogs({ method, fault }: FailedTask, files: readonly LogFile[]): LogRange[] {
  const usual = method === "buildSRPMFromSCM" ? SRPM : ARCH;
  const wanted = CHOICES.find(({ when }) => when.test((fault ?? "").slice(0, 10_000)))?.logs ?? usual;
  const there = (name: string) => files.some((file) => file.name === name && file.size > 0);
  const chosen = wanted.some(there) ? wanted : usual;
  return chosen.flatMap((name) => {
    const size = files.find((file) => file.name === name)?.size ?? 0;
    const tail = Math.min(size, TAILS[name] ?? 0);
    return tail > 0 ? [{ name, offset: size - tail, size: tail }] : [];
  });
}
