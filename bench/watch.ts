import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../src/adapters/store/sqlite.ts";
import { lookAtBuilds, recordRunning } from "../test/support/running-builds.ts";
import { startPython } from "./python.ts";
import type { Row } from "./row.ts";
import type { Spent } from "./watch-bridge.ts";

const BUILDS = 10_000;
/** As many as one `koji watch-task` is given here; its requests grow with them, one by one. */
const PEER_BUILDS = 20;
const POLL_INTERVAL_MS = 5_000;
const HOUR_MS = 3_600_000;

/** Ten thousand builds that run on one hub, begun within the last hour, while nothing ends. */
export const watchRow: Row = {
  id: "watch-10k",
  peer: `koji watch-task for each (measured for ${PEER_BUILDS}, scaled)`,
  unit: "hub requests/min",
  better: "lower",
  goal: 0.001,
  async run(quick) {
    const seconds = quick ? 12 : 60;
    await using world = start("./watch-hub.ts", [BUILDS]);
    const [{ url }] = await once(world.process, "message");
    const builds = await lookAtBuilds(url);
    if (builds.length !== BUILDS) throw new Error(`${builds.length} builds run, not ${BUILDS}`);
    const ours = await watchOurWay(url, builds, seconds);
    const theirs = await watchTheirWay(
      url,
      builds.slice(0, PEER_BUILDS).map(({ id }) => id),
      seconds,
    );
    const value = perMinute(ours, "requests");
    const peerValue = (perMinute(theirs, "requests") * BUILDS) / PEER_BUILDS;
    return { value, peerValue, notes: [describeOurs(ours), describeTheirs(theirs)] };
  },
};

type Builds = Awaited<ReturnType<typeof lookAtBuilds>>;
/** At the beginnings of consecutive ticks. */
type Seen = readonly Omit<Spent, "memory">[];

async function watchOurWay(url: string, builds: Builds, seconds: number): Promise<Spent[]> {
  const directory = await mkdtemp(join(tmpdir(), "kojibridge-bench-"));
  try {
    const file = join(directory, "bridge.db");
    const store = await openSqliteStore(file);
    const now = Date.now();
    await recordRunning(store, builds, (i) => now - HOUR_MS + (i * HOUR_MS) / BUILDS);
    await store.close();
    await using bridge = start("./watch-bridge.ts", [url, file, POLL_INTERVAL_MS]);
    return await collect(ticksOf(bridge.process), seconds);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function watchTheirWay(url: string, tasks: readonly number[], seconds: number): Promise<Seen> {
  await using python = await startPython("watch-task.py", [url, ...tasks.map(String)]);
  async function* rounds(): AsyncGenerator<Seen[number]> {
    for (;;) yield JSON.parse(await python.next());
  }
  return await collect(rounds(), seconds);
}

async function* ticksOf(process: ChildProcess): AsyncGenerator<Spent> {
  for await (const [spent] of on(process, "message", { close: ["exit"] })) yield spent;
  throw new Error("the watching process ended early");
}

/** The first tick logs in and finds out: it is left out. */
async function collect<T extends Seen[number]>(ticks: AsyncGenerator<T>, seconds: number): Promise<T[]> {
  const seen: T[] = [];
  await ticks.next();
  for await (const tick of ticks) {
    seen.push(tick);
    if (tick.at - (seen[0]?.at ?? 0) >= seconds) break;
  }
  return seen;
}

function total(seen: Seen, what: keyof Seen[number]): number {
  return (seen.at(-1)?.[what] ?? Number.NaN) - (seen[0]?.[what] ?? Number.NaN);
}

function perMinute(seen: Seen, what: keyof Seen[number]): number {
  return (total(seen, what) / total(seen, "at")) * 60;
}

function describeOurs(seen: readonly Spent[]): string {
  const ticks = seen.length - 1;
  const memory = Math.max(...seen.map((spent) => spent.memory)) / 2 ** 20;
  return (
    `${BUILDS} builds: ${(total(seen, "requests") / ticks).toFixed(1)} requests per tick, a tick every ` +
    `${(total(seen, "at") / ticks).toFixed(1)} s, ${costs(seen, 1)}, ${memory.toFixed(0)} MiB resident at most`
  );
}

function describeTheirs(seen: Seen): string {
  const ticks = seen.length - 1;
  return (
    `peer, ${PEER_BUILDS} builds: ${(total(seen, "requests") / ticks).toFixed(1)} requests per tick, a tick every ` +
    `${(total(seen, "at") / ticks).toFixed(1)} s; scaled linearly to ${BUILDS}: ${costs(seen, BUILDS / PEER_BUILDS)}`
  );
}

function costs(seen: Seen, scale: number): string {
  const cpu = (perMinute(seen, "cpu") * scale).toFixed(1);
  return `${((perMinute(seen, "bytes") * scale) / 2 ** 20).toFixed(0)} MiB and ${cpu} CPU seconds per minute`;
}

/** A program next to this file, ended with the block that started it. */
function start(
  script: string,
  args: readonly (string | number)[],
): AsyncDisposable & { readonly process: ChildProcess } {
  const child = fork(new URL(script, import.meta.url), args.map(String));
  const gone = once(child, "exit");
  return {
    process: child,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
