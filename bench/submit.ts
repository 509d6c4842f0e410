import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "../src/adapters/koji/index.ts";
import { AUTH } from "../test/support/running-builds.ts";
import { learn, openWorldsFor, story } from "../test/support/stories.ts";
import { ENV, send, type TestWorlds } from "../test/support/worlds.ts";
import { median } from "./rounds.ts";
import type { Row } from "./row.ts";
import { type Server, startServer } from "./server.ts";

const ROOT = resolve(import.meta.dirname, "..");

/** Milliseconds from a delivery to its task on the hub. */
interface Times {
  readonly idle: number;
  readonly loaded: number;
}

let measured: Promise<{ ours: Times; bare: Times; hub: number }> | undefined;

export const submitRows: readonly Row[] = [row("submit-idle-p50", 20, "idle"), row("submit-100rps-p99", 250, "loaded")];

function row(id: string, aim: number, what: keyof Times): Row {
  return {
    ...{ id, unit: "ms", better: "lower", goal: null },
    peer: "bare Fastify that calls build() at once and keeps nothing",
    async run(quick) {
      measured ??= measure(quick ? 15 : 60, quick ? 4 : 15);
      const { ours, bare, hub } = await measured;
      const value = Math.max(ours[what] - hub, 0.1);
      const note = `aim: under ${aim} ms; the hub's own ${hub.toFixed(1)} ms for a request are taken off both`;
      return { value, peerValue: Math.max(bare[what] - hub, 0.1), ok: value < aim, notes: [note] };
    },
  };
}

async function measure(idleRounds: number, seconds: number) {
  const worlds = await openWorldsFor([story("github", "push")], { speed: 1, pollInterval: "5s" });
  const hub = await hubTime(worlds.hub.url);
  const config = join(worlds.directory, "kojibridge.yaml");
  writeFileSync(config, worlds.yaml);
  const servers = {
    ours: await startServer([process.execPath, join(ROOT, "dist/cli/kojibridge.js"), "serve", "-c", config], ENV),
    bare: await startServer([
      process.execPath,
      join(import.meta.dirname, "submit-bare.ts"),
      ENV.GITHUB_SECRET,
      worlds.hub.url,
    ]),
  };
  try {
    const idle: Record<keyof typeof servers, number[]> = { ours: [], bare: [] };
    for (let i = 0; i <= idleRounds; i++)
      for (const name of ["ours", "bare"] as const) {
        await delay(150);
        const time = await one(worlds, servers[name], `${name} idle ${i}`);
        // The first one logs in.
        if (i > 0) idle[name].push(time);
      }
    const loaded = {
      ours: await load(worlds, servers.ours, "ours", seconds),
      bare: await load(worlds, servers.bare, "bare", seconds),
    };
    return {
      hub,
      ours: { idle: median(idle.ours), loaded: p99(loaded.ours) },
      bare: { idle: median(idle.bare), loaded: p99(loaded.bare) },
    };
  } finally {
    for (const { child } of Object.values(servers)) child.kill("SIGKILL");
    await worlds.close();
  }
}

const p99 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;

/** A request that needs nothing of the hub. */
async function hubTime(url: string): Promise<number> {
  const client = createClient({ url, auth: AUTH });
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    const begun = performance.now();
    await client.getAPIVersion();
    times.push(performance.now() - begun);
  }
  await client.close();
  return median(times);
}

async function one(worlds: TestWorlds, server: Server, seed: string): Promise<number> {
  const told = story("github", "push", { seed });
  learn(worlds, told);
  const begun = performance.now();
  const sent = send(server.url, "github", { ...told, id: seed });
  await task(worlds, told.sha);
  const time = performance.now() - begun;
  await sent;
  return time;
}

async function load(worlds: TestWorlds, server: Server, name: string, seconds: number): Promise<number[]> {
  const begun = performance.now();
  const times: Promise<number>[] = [];
  for (let i = 0; i < 100 * seconds; i++) {
    const wait = begun + i * 10 - performance.now();
    if (wait > 0) await delay(wait);
    times.push(one(worlds, server, `${name} loaded ${i}`));
  }
  return Promise.all(times);
}

const waiting = new Map<string, () => void>();

/** Resolves when the hub has the build task of that commit: one look a millisecond for all that wait. */
function task({ hub }: TestWorlds, sha: string): Promise<void> {
  if (waiting.size === 0) {
    const timer = setInterval(() => {
      for (const { request } of hub.buildTasks().slice(-200)) {
        const commit = String(request[0]).split("#")[1] ?? "";
        waiting.get(commit)?.();
        waiting.delete(commit);
      }
      if (waiting.size === 0) clearInterval(timer);
    }, 1);
  }
  return new Promise((resolve) => waiting.set(sha, resolve));
}
