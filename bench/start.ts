import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { ENV, openTestWorlds } from "../test/support/worlds.ts";
import { median } from "./rounds.ts";
import type { Row } from "./row.ts";

const ROOT = resolve(import.meta.dirname, "..");
/** What a start allocates and nobody needs is mostly collected by then. */
const IDLE_MS = 2_000;

interface Start {
  /** Milliseconds until /readyz says so. */
  readonly ready: number;
  /** Resident MiB after a while of nothing to do. */
  readonly memory: number;
}

/** The same command twice: bundled with Node's compile cache, and as the modules it is written in, without it. */
let measured: Promise<{ ours: Start; plain: Start }> | undefined;

export const startRows: readonly Row[] = [
  row("start-ready", "ms", 0.7, "ready", "the aim is under 200 ms"),
  row("idle-memory", "MiB", 0.9, "memory", "the aim is under 100 MiB"),
];

function row(id: string, unit: string, goal: number, what: keyof Start, aim: string): Row {
  return {
    id,
    peer: "plain modules, no compile cache",
    unit,
    better: "lower",
    goal,
    async run(quick) {
      measured ??= measure(quick ? 5 : 15);
      const { ours, plain } = await measured;
      const notes = [`${ours[what].toFixed(0)} ${unit}, ${aim}; plain modules ${plain[what].toFixed(0)} ${unit}`];
      return { value: ours[what], peerValue: plain[what], notes };
    },
  };
}

async function measure(rounds: number): Promise<{ ours: Start; plain: Start }> {
  execFileSync("npm", ["run", "--silent", "bundle"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const worlds = await openTestWorlds();
  const config = join(worlds.directory, "kojibridge.yaml");
  writeFileSync(config, worlds.yaml);
  const bundled = () =>
    start("dist/bundle/kojibridge.js", config, { CACHE_DIRECTORY: join(worlds.directory, "cache") });
  const modules = () => start("dist/cli/kojibridge.js", config, { NODE_DISABLE_COMPILE_CACHE: "1" });
  try {
    // The first start fills the cache, and the page cache for both.
    await bundled();
    await modules();
    const [ours, plain]: [Start[], Start[]] = [[], []];
    for (let i = 0; i < rounds; i++) {
      ours.push(await bundled());
      plain.push(await modules());
    }
    return { ours: middle(ours), plain: middle(plain) };
  } finally {
    await worlds.close();
  }
}

const middle = (starts: readonly Start[]): Start => ({
  ready: median(starts.map(({ ready }) => ready)),
  memory: median(starts.map(({ memory }) => memory)),
});

/** `serve` on a new database, stopped as a service manager does it: only then the cache is written. */
async function start(command: string, config: string, env: Readonly<Record<string, string>>): Promise<Start> {
  for (const end of ["", "-wal", "-shm"]) rmSync(join(config, `../kojibridge.db${end}`), { force: true });
  const began = performance.now();
  const child = spawn(process.execPath, [join(ROOT, command), "serve", "--config", config], {
    env: { ...ENV, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  try {
    const { ok } = await fetch(`${await listening(createInterface({ input: child.stdout }))}/readyz`);
    if (!ok) throw new Error("it listens and is not ready");
    const ready = performance.now() - began;
    await delay(IDLE_MS);
    return { ready, memory: residentMiB(child.pid ?? 0) };
  } finally {
    child.kill();
    await gone;
  }
}

async function listening(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const { url } = JSON.parse(line);
    if (url !== undefined) return url;
  }
  throw new Error("serve ended early");
}

function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
