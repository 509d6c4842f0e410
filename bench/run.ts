import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { ackRows } from "./ack.ts";
import { codecRows } from "./codec.ts";
import { millionRows } from "./million.ts";
import { type Result, type Row, toResult } from "./row.ts";
import { startRows } from "./start.ts";
import { stepRows } from "./step.ts";
import { submitRows } from "./submit.ts";
import { formatTable } from "./table.ts";
import { watchRow } from "./watch.ts";

const ROWS: readonly Row[] = [
  ...codecRows,
  watchRow,
  ...ackRows,
  ...submitRows,
  ...millionRows,
  ...startRows,
  ...stepRows,
];

const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
  },
});
const unknown = options.only?.find((id) => ROWS.every((row) => row.id !== id));
if (unknown !== undefined) {
  console.error(`no row ${unknown}; there are ${ROWS.map(({ id }) => id).join(", ")}`);
  process.exit(2);
}

const results: Result[] = [];
const notes: string[] = [];
for (const row of ROWS) {
  if (options.only?.includes(row.id) === false) continue;
  process.stderr.write(`${row.id} ...\n`);
  try {
    const measured = await row.run(options.quick);
    results.push(toResult(row, measured));
    notes.push(...(measured.notes ?? []).map((note) => `${row.id}: ${note}`));
  } catch (error) {
    // A peer that is not installed here must not cost the other rows; the exit status tells.
    notes.push(`${row.id}: not measured: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
const [cpu] = cpus();
console.log(
  `Node ${process.version}, ${cpus().length} x ${cpu?.model ?? "unknown CPU"}${options.quick ? ", --quick" : ""}`,
);
console.log(`\n${formatTable(results)}\n\n${notes.join("\n")}`);
if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
if (results.some(({ ok }) => !ok)) process.exitCode = 1;
