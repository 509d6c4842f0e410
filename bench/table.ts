import type { Result } from "./row.ts";

const HEAD = ["id", "value", "unit", "ratio", "goal", "ok", "peer"];

export function formatTable(results: readonly Result[]): string {
  const rows = [HEAD, ...results.map(toCells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? "").length)));
  return rows
    .map((cells) =>
      cells
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function toCells({ id, value, unit, ratio, better, goal, ok, peer }: Result): string[] {
  const aim = goal === null ? "-" : `${better === "higher" ? ">=" : "<="} ${goal}`;
  return [id, short(value), unit, short(ratio), aim, ok ? "yes" : "NO", peer];
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
