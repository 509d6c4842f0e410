import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { createGitHubReceiver } from "../../src/adapters/forge/github/webhook.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { createDoorPolicy } from "../../src/cli/door.ts";
import { parseConfig } from "../../src/config/load.ts";
import { MOST_CONNECTIONS } from "../../src/http/door/limits.ts";
import { toSource } from "../../src/http/door/rate-limit.ts";
import { createRefusals } from "../../src/http/refusals.ts";
import { createServer } from "../../src/http/server.ts";
import { parseAnswer, type RawAnswer, sendRaw } from "../support/raw-http.ts";
import { signGitHub } from "../support/sign.ts";

const SECRET = "door-test-secret";
const PING = JSON.stringify({ zen: "Keep it logically awesome.", hook_id: 1, hook: {}, repository: null });

const nobody = () => Promise.reject(new Error("nobody may"));

let app: FastifyInstance;
let port: number;
let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

interface Options {
  readonly server?: string;
  readonly allow?: string;
  readonly bodyLimit?: number;
  readonly ingest?: () => Promise<never>;
}

/** The door of `serve`, on its own. */
async function open({ server = "{}", allow = "[127.0.0.0/8]", bodyLimit = 1_000_000, ingest }: Options = {}) {
  const loaded = parseConfig(
    `
server: ${server}
hubs: { koji: { url: https://koji.example.org/kojihub, auth: { method: password, username: b, password: { env: P } } } }
forges: { github: { type: github, token: { env: T }, webhook_secret: { env: S }, allow: ${allow} } }
rules: [{ name: all, repos: "github:**", on: push, build: { hub: koji, target: f42 } }]
`,
    "test.yaml",
    { env: {}, secrets: "optional" },
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const store = await openSqliteStore(":memory:");
  const log = () => undefined;
  const accepted = { duplicate: false, waiting: null, builds: [], ignored: "a ping" };
  app = createServer({
    receivers: new Map([["github", createGitHubReceiver({ forge: "github", secrets: [SECRET] })]]),
    ingest: ingest ?? (async () => accepted),
    api: {
      ...{ store, version: "1", isToken: () => false, hubs: async () => [], webUrl: () => null },
      ...{ commands: nobody, replay: nobody, start: nobody },
    },
    dashboard: null,
    refusals: createRefusals(Date.now),
    ready: () => store.ready(),
    bodyLimit,
    apiToken: () => null,
    metrics: { answered: () => undefined, render: async () => "" },
    door: createDoorPolicy(() => loaded.config),
    log: { debug: log, info: log, warn: log, error: log },
  });
  ends.push(
    () => store.close(),
    () => app.close(),
  );
  port = Number(new URL(await app.listen({ host: "127.0.0.1", port: 0 })).port);
}

function get(path: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return sendRaw(port, { verb: "GET", path, headers, body: Buffer.alloc(0) });
}

function deliver(secret = SECRET, more: Record<string, string> = {}): Promise<RawAnswer> {
  const headers = { "content-type": "application/json", ...signGitHub(secret, "ping", "d", PING), ...more };
  return sendRaw(port, { verb: "POST", path: "/webhooks/github", headers, body: Buffer.from(PING) });
}

/** A client that says just this, and what it is told until it is cut off. */
async function say(text: string): Promise<{ socket: Socket; answer: Promise<Buffer> }> {
  const socket = connect(port, "127.0.0.1");
  ends.push(() => socket.destroy());
  await once(socket, "connect");
  socket.write(text);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
  socket.on("error", () => undefined);
  return { socket, answer: once(socket, "close").then(() => Buffer.concat(chunks)) };
}

describe("every answer", () => {
  it.each<[string, number, () => Promise<RawAnswer>]>([
    ["a page", 200, () => get("/livez")],
    ["no page", 404, () => get("/nowhere")],
    ["a URL that is none", 400, () => get("/%zz")],
    ["a delivery", 202, () => deliver()],
    ["a stranger's delivery", 401, () => deliver("wrong")],
    ["a long header", 431, () => get("/livez", { "x-long": "x".repeat(20_000) })],
    ["no HTTP", 400, async () => parseAnswer(await (await say("hello\r\n\r\n")).answer)],
    ["a long body", 413, () => deliver(SECRET, { "content-length": "1000001" })],
  ])("to %s is %i, with the security headers and nothing of the inside", async (_, status, ask) => {
    await open();
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
    expect(answer.headers).not.toHaveProperty("server");
    expect(answer.headers).not.toHaveProperty("x-powered-by");
    expect(answer.body.toString()).not.toMatch(/\bat .*\.[jt]s:|node_modules|stack/);
  });

  it("says nothing of what went wrong inside", async () => {
    await open({
      ingest: async () => {
        throw new Error("cannot open /var/lib/kojibridge/kojibridge.db of db.internal");
      },
    });
    const answer = await deliver();
    expect(answer.status).toBe(503);
    expect(answer.body.toString()).toBe('{"error":"not now; try again, or deliver it again"}');
  });
});

describe("slow and countless clients", () => {
  it("who does not end its headers is cut off", async () => {
    await open();
    expect(app.server.headersTimeout).toBe(10_000);
    app.server.headersTimeout = 300;
    const { answer } = await say("GET /livez HTTP/1.1\r\nhost: x\r\n");
    expect(parseAnswer(await answer).status).toBe(408);
  }, 15_000);

  it("who does not end its body is cut off", async () => {
    await open();
    expect(app.server.requestTimeout).toBe(30_000);
    app.server.headersTimeout = 200;
    app.server.requestTimeout = 300;
    const { answer } = await say("POST /webhooks/github HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nx");
    expect((await answer).toString()).toMatch(/^(?:HTTP\/1\.1 408|$)/);
  }, 15_000);

  it("connections beyond the limit are closed at once, and there is room again afterwards", async () => {
    await open();
    expect(app.server.maxConnections).toBe(MOST_CONNECTIONS);
    app.server.maxConnections = 2;
    const first = await say("GET");
    await say("GET");
    const third = await say("GET /livez HTTP/1.1\r\nhost: x\r\n\r\n");
    expect((await third.answer).toString()).toBe("");
    first.socket.destroy();
    await expect
      .poll(() =>
        get("/livez").then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  it("bodies that would not fit into memory together are put off, unread", async () => {
    const limit = 64 * 1024 * 1024;
    await open({ bodyLimit: limit });
    const head = (length: number) => `POST /webhooks/github HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`;
    const held = await Promise.all(Array.from({ length: 4 }, () => say(head(limit))));
    await expect.poll(async () => (await deliver()).status).toBe(503);
    for (const { socket } of held) socket.destroy();
    await expect.poll(async () => (await deliver()).status).toBe(202);
  });
});

describe("rate limit", () => {
  it("holds strangers off, and no signed delivery", async () => {
    await open({ server: "{ rate_limit: 5/h }" });
    for (let i = 0; i < 20; i++) expect((await deliver()).status).toBe(202);
    for (let i = 0; i < 5; i++) expect((await deliver("wrong")).status).toBe(401);
    const limited = await deliver("wrong");
    expect(limited.status).toBe(429);
    expect(Number(limited.headers["retry-after"])).toBeGreaterThan(600);
    expect((await get("/api/builds")).status).toBe(429);
    expect((await get("/livez")).status).toBe(200);
  });

  it("counts each address behind a trusted proxy for itself, and believes nobody else", async () => {
    await open({ server: "{ rate_limit: 1/h, trust_proxy: 127.0.0.1 }", allow: "[0.0.0.0/0]" });
    const from = (address: string) => deliver("wrong", { "x-forwarded-for": address }).then(({ status }) => status);
    expect([await from("192.0.2.1"), await from("192.0.2.1"), await from("192.0.2.2")]).toEqual([401, 429, 401]);
    // What the client itself claimed stands further left.
    expect(await from("192.0.2.9, 192.0.2.2")).toBe(429);
  });

  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["::1", "0:0:0:0"],
    ["2001:db8:1::", "2001:db8:1:0"],
  ])("%s counts as %s", (address, source) => expect(toSource(address)).toBe(source));
});

describe("allow list", () => {
  it("refuses deliveries from elsewhere, signed or not", async () => {
    await open({ server: "{ trust_proxy: [127.0.0.0/8, '::1'] }", allow: "[192.0.2.0/24, '2001:db8::/32']" });
    const from = (address: string) => deliver(SECRET, { "x-forwarded-for": address }).then(({ status }) => status);
    expect(await from("192.0.2.200")).toBe(202);
    expect(await from("2001:db8:5::1")).toBe(202);
    expect(await from("198.51.100.1")).toBe(403);
    expect(await from("no address")).toBe(403);
    expect((await deliver()).status).toBe(403);
    expect((await get("/livez", { "x-forwarded-for": "198.51.100.1" })).status).toBe(200);
  });

  it("does not believe X-Forwarded-For of just anybody", async () => {
    await open({ allow: "[192.0.2.0/24]" });
    expect((await deliver(SECRET, { "x-forwarded-for": "192.0.2.1" })).status).toBe(403);
  });
});
