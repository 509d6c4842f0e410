import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Outcome, perform } from "./perform.ts";
import { makePlan } from "./plan.ts";
import { openStage, type Stage } from "./stage.ts";

/** `npm run chaos`: everything fails, and at the end everything has to be right (docs/operate.md). */
const { values: options } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    sqlite: { type: "boolean", default: false },
    deliveries: { type: "string" },
    seed: { type: "string" },
    json: { type: "string" },
  },
});

const seed = Number(options.seed ?? Math.floor(Math.random() * 1e6));
const deliveries = Number(options.deliveries ?? (options.short ? 200 : 5_000));
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(deliveries) || deliveries < 1) {
  console.error("--seed and --deliveries are whole numbers");
  process.exit(2);
}

const tell = (line: string) => void process.stderr.write(`${line}\n`);
const start = Date.now();
const many = !options.sqlite;
const variant = many ? "Postgres and Redis, 2 receivers, 3 workers" : "SQLite, 1 process";
tell(`seed ${seed}: ${variant}`);
const plan = makePlan({ seed, deliveries, many });
const stage = await openStage(plan, many);
try {
  report(await perform(plan, stage, tell), stage);
} finally {
  await stage.close();
}

function report(outcome: Outcome, { fleet }: Stage): void {
  const { lost, doubled, wrong, acknowledged, again, kills, tasks } = outcome;
  const seconds = Math.round((Date.now() - start) / 1000);
  const counts = { lost: lost.length, doubled: doubled.length, wrong: wrong.length };
  const calls = plan.calls.length;
  const row = { seed, variant, deliveries: calls, acknowledged, again, kills, tasks, ...counts, seconds };
  console.log(
    Object.entries(row)
      .map(([name, value]) => `${name} ${value}`)
      .join(" · "),
  );
  const findings = { lost, doubled, wrong };
  for (const [kind, lines] of Object.entries(findings)) for (const line of lines) console.log(`${kind}: ${line}`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ ...row, findings }, null, 2)}\n`);
  if (counts.lost + counts.doubled + counts.wrong === 0) return;
  process.exitCode = 1;
  const directory = mkdtempSync(join(tmpdir(), "kojibridge-chaos-"));
  for (const [i, log] of fleet.logs().entries()) writeFileSync(join(directory, `${i}.log`), log);
  console.log(`logs: ${directory}`);
}
