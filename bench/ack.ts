import { execFileSync, spawn } from "node:child_process";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { payloadExamples } from "../src/simulator/payloads/examples.ts";
import { median } from "./rounds.ts";
import type { Row } from "./row.ts";
import { type Server, startServer } from "./server.ts";

const ROOT = resolve(import.meta.dirname, "..");
const PEERS = join(import.meta.dirname, "peers");
const SECRET = "secret-of-the-benchmark";

interface Load {
  /** Deliveries a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 200 and 202. */
  readonly wrong: number;
}

const CONTESTANTS = ["ours", "probot", "silent", "fastify"] as const;
type Contestant = (typeof CONTESTANTS)[number];

let measured: Promise<Record<Contestant, Load>> | undefined;

const AS_SHIPPED = "Probot's server as it ships, which keeps nothing";
const SILENT = "the same with its log silenced";
const BARE = "bare Fastify with the same signature check";

export const ackRows: readonly Row[] = [
  row("ack-vs-probot", "deliveries/s", "higher", 1.5, AS_SHIPPED, "probot", ({ rate }) => rate),
  row("ack-vs-probot-silent", "deliveries/s", "higher", 1.2, SILENT, "silent", ({ rate }) => rate),
  row("ack-vs-fastify", "deliveries/s", "higher", 0.6, BARE, "fastify", ({ rate }) => rate),
  row("ack-p99", "ms", "lower", 1, AS_SHIPPED, "probot", ({ p99 }) => p99),
];

function row(
  id: string,
  unit: string,
  better: Row["better"],
  goal: number,
  peer: string,
  against: Exclude<Contestant, "ours">,
  figure: (load: Load) => number,
): Row {
  return {
    ...{ id, peer, unit, better, goal },
    async run(quick) {
      measured ??= measure(quick ? 5 : 9, quick ? 2 : 8);
      const loads = await measured;
      const words = ({ rate, p50, p99 }: Load) =>
        `${rate.toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
      const notes = id === "ack-vs-probot" ? CONTESTANTS.map((name) => `${name}: ${words(loads[name])}`) : [];
      return { value: figure(loads.ours), peerValue: figure(loads[against]), notes };
    },
  };
}

/** All four stay up, idle while another is asked; each round asks every one in turn. Server on one core, sender on the other. */
async function measure(rounds: number, seconds: number): Promise<Record<Contestant, Load>> {
  installPeers();
  execFileSync("npm", ["run", "--silent", "build"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const directory = mkdtempSync(join(tmpdir(), "kojibridge-bench-"));
  const payload = payloadExamples.find(({ dialect, name }) => dialect === "github" && name === "push")?.payload;
  const body = Buffer.from(JSON.stringify(payload));
  writeFileSync(join(directory, "push.json"), body);
  const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
  const servers = await startAll(directory);
  try {
    const loads: Record<Contestant, Load[]> = { ours: [], probot: [], silent: [], fastify: [] };
    for (let round = 0; round <= rounds; round++)
      for (const name of CONTESTANTS) {
        const load = await ask(
          `${servers[name].url}/webhooks/github`,
          join(directory, "push.json"),
          signature,
          round === 0 ? 1 : seconds,
        );
        if (load.wrong > 0) throw new Error(`${name}: ${load.wrong} answers were no success`);
        // The first one is for what has to be compiled.
        if (round > 0) loads[name].push(load);
      }
    const middle = (all: readonly Load[]): Load => ({
      rate: median(all.map(({ rate }) => rate)),
      p50: median(all.map(({ p50 }) => p50)),
      p99: median(all.map(({ p99 }) => p99)),
      wrong: 0,
    });
    return {
      ours: middle(loads.ours),
      probot: middle(loads.probot),
      silent: middle(loads.silent),
      fastify: middle(loads.fastify),
    };
  } finally {
    for (const { child } of Object.values(servers)) child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
}

/** They are many packages that nobody else needs. */
function installPeers(): void {
  if (existsSync(join(PEERS, "node_modules/probot"))) return;
  process.stderr.write("installing what is measured against ...\n");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: PEERS,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function startAll(directory: string): Promise<Record<Contestant, Server>> {
  const config = join(directory, "kojibridge.yaml");
  writeFileSync(config, YAML);
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const probot = join(PEERS, "probot.js");
  const env = { BENCH_KEY: privateKey };
  const [loud, quiet] = [await freePort(), await freePort()];
  return {
    ours: await startServer(
      ["taskset", "-c", "0", process.execPath, join(ROOT, "dist/cli/kojibridge.js"), "serve", "--config", config],
      { SECRET, TOKEN: "x" },
    ),
    probot: await startServer(["taskset", "-c", "0", process.execPath, probot, String(loud), SECRET], env),
    silent: await startServer(["taskset", "-c", "0", process.execPath, probot, String(quiet), SECRET], {
      ...env,
      LOG_LEVEL: "fatal",
    }),
    fastify: await startServer(
      ["taskset", "-c", "0", process.execPath, join(import.meta.dirname, "ack-fastify.ts"), SECRET],
      {},
    ),
  };
}

/** Durable (`synchronous=FULL`), with its log, and a payload that no rule wants: as Probot's handler does nothing with it. */
const YAML = `
server: { listen: 127.0.0.1:0, rate_limit: off }
hubs: { koji: { url: http://127.0.0.1:9/kojihub, auth: { method: password, username: a, password: { env: TOKEN } } } }
forges: { github: { type: github, token: { env: TOKEN }, webhook_secret: { env: SECRET } } }
rules: [{ name: other, repos: "github:somebody/else", on: push, build: { hub: koji, target: f42 } }]
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function ask(url: string, file: string, signature: string, seconds: number): Promise<Load> {
  const client = join(import.meta.dirname, "ack-client.ts");
  const child = spawn("taskset", ["-c", "1", process.execPath, client, url, file, signature, String(seconds)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
  throw new Error("the sender ended early");
}
