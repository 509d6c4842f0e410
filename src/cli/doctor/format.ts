import { styleText } from "node:util";
import type { Check, CheckStatus } from "./check.ts";

const LABELS: Readonly<Record<CheckStatus, string>> = { ok: "ok", warn: "warn", fail: "FAIL", unknown: "?" };
const COLORS = { ok: "green", warn: "yellow", fail: "red", unknown: "dim" } as const;

/** A table for people: one block for each subject, one line for each check. Colored on a terminal. */
export function formatChecks(checks: readonly Check[]): string {
  const blocks = Map.groupBy(checks, (check) => check.subject);
  const width = Math.max(...checks.map(({ check }) => check.length));
  const lines = [...blocks].flatMap(([subject, block]) => [subject, ...block.map((check) => formatLine(check, width))]);
  return `${[...lines, "", summary(checks)].join("\n")}\n`;
}

function formatLine({ check, status, seen, todo }: Check, width: number): string {
  const label = styleText(COLORS[status], LABELS[status].padEnd(4), { stream: process.stdout });
  return `  ${label}  ${check.padEnd(width)}  ${oneLine(seen)}${todo === null ? "" : ` => ${oneLine(todo)}`}`;
}

/** Others wrote part of it: nothing in it may move the terminal's cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{C}/gu, " ");
}

function summary(checks: readonly Check[]): string {
  const count = (wanted: CheckStatus) => checks.filter(({ status }) => status === wanted).length;
  const [failed, warned, open] = [count("fail"), count("warn"), count("unknown")];
  const verdict = failed === 0 ? "what the rules need is there" : `${failed} failed: not all rules will work`;
  const rest = [
    ...(warned === 0 ? [] : [`${warned} to look at`]),
    ...(open === 0 ? [] : [`${open} cannot be known from here`]),
  ];
  return `${checks.length} checks: ${[verdict, ...rest].join("; ")}`;
}

export function toJson(checks: readonly Check[]): string {
  return `${JSON.stringify({ ok: checks.every((check) => check.status !== "fail"), checks }, null, 2)}\n`;
}
