import type { LogKind } from "./rule.ts";
import { type FailedTask, LIMITS, type LogText } from "./types.ts";

/** A log cut down to the part in which the failure must be. */
export interface Page {
  readonly kind: LogKind;
  readonly name: string | null;
  readonly lines: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly section: string | null;
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly section: string | null;
}

/** Null for a log that no rule knows. */
export function toPage(log: LogText): Page | null {
  const kind = kindOf(log.name);
  if (kind === null) return null;
  const lines = toLines(log);
  const whole: Part = { from: 0, to: lines.length, section: null };
  const part = kind === "build" ? failedSection(lines) : kind === "root" ? lastInstall(lines) : whole;
  return { kind, name: log.name, lines, ...part };
}

export function toFaultPage(task: FailedTask): Page {
  const lines = toLines({ name: "", text: task.fault ?? "", whole: true });
  return { kind: "fault", name: null, lines, from: 0, to: lines.length, section: null };
}

function kindOf(name: string): LogKind | null {
  if (name === "build.log") return "build";
  if (name === "root.log") return "root";
  if (name === "mock_output.log") return "mock";
  return name === "checkout.log" ? "checkout" : null;
}

/** What mock puts before a line: in root.log, and before what came from stderr in build.log (mock 1.4). */
const PREFIX = /^(?:(?:DEBUG|INFO|WARNING|ERROR) \w+\.py:\d+: {1,2}|BUILDSTDERR: ?)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const COLOUR = /\x1b\[[0-9;?]*[A-Za-z]/g;

function toLines({ text, whole }: LogText): string[] {
  const lines = text.slice(-LIMITS.text).split("\n");
  const cut = !whole || text.length > LIMITS.text;
  return lines.slice(Math.max(cut && lines.length > 1 ? 1 : 0, lines.length - LIMITS.logLines)).map(toPlain);
}

/** A line as a terminal leaves it: without colours, and without what a progress bar wrote before. */
function toPlain(raw: string): string {
  let line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  if (line.includes("\r")) line = line.slice(line.lastIndexOf("\r") + 1);
  if (line.includes("\x1b")) line = line.replaceAll(COLOUR, "");
  return line.replace(PREFIX, "");
}

const BAD_EXIT = /^ *(?:error: )?Bad exit status from \S+ \((%\w+)\)/;
const EXECUTING = /^Executing\((%\w+)\):/;

/** From the last start of the section that failed to its end; without a verdict of rpmbuild, the last section. */
function failedSection(lines: readonly string[]): Part {
  const verdict = findLast(lines, lines.length, (line) => line.includes("Bad exit status") && BAD_EXIT.test(line));
  const failed = BAD_EXIT.exec(lines[verdict] ?? "")?.[1];
  const first = lines.findIndex((line) => line.startsWith("error: Bad exit status"));
  const to = failed === undefined ? lines.length : Math.max(first, 0) || verdict;
  const from = findLast(lines, to, (line) => {
    return line.startsWith("Executing(") && (failed ?? EXECUTING.exec(line)?.[1]) === EXECUTING.exec(line)?.[1];
  });
  if (failed !== undefined) return { from: Math.max(from, 0), to: Math.min(to + 1, lines.length), section: failed };
  const files = findLast(lines, lines.length, (line) => line.startsWith("Processing files: "));
  if (files > from) return { from: files, to: lines.length, section: "%files" };
  return { from: Math.max(from, 0), to: lines.length, section: EXECUTING.exec(lines[from] ?? "")?.[1] ?? null };
}

const INSTALL = /^Executing command: .*(?:dnf|yum|zypper)/;
const RETURNED = /^Child return code was: (\d+)/;

/** From the package manager's last run on; if that went well, what came after it. mock repeats runs that failed. */
function lastInstall(lines: readonly string[]): Part {
  const start = findLast(lines, lines.length, (line) => line.startsWith("Executing command:") && INSTALL.test(line));
  const end = start < 0 ? -1 : lines.findIndex((line, at) => at > start && RETURNED.test(line));
  const wentWell = RETURNED.exec(lines[end] ?? "")?.[1] === "0";
  return { from: wentWell ? end : Math.max(start, 0), to: lines.length, section: null };
}

export function findLast(lines: readonly string[], before: number, test: (line: string) => boolean): number {
  for (let at = before - 1; at >= 0; at -= 1) if (test(lines[at] ?? "")) return at;
  return -1;
}
