import { createRequire } from "node:module";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGitHubReceiver } from "../../src/adapters/forge/github/webhook.ts";
import { createGitLabReceiver } from "../../src/adapters/forge/gitlab/webhook.ts";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { createIngest } from "../../src/app/ingest.ts";
import { parseConfig } from "../../src/config/load.ts";
import { createRefusals } from "../../src/http/refusals.ts";
import { createServer } from "../../src/http/server.ts";
import type { Store } from "../../src/ports/store.ts";
import { signGitHub } from "../support/sign.ts";

const SECRET = "door-test-secret";
const YAML = `
hubs: { fedora: { url: https://koji.example.org/kojihub, web_url: https://koji.example.org/koji, auth: { method: password, username: b, password: { env: P } } } }
forges: { github: { type: github, token: { env: T }, webhook_secret: { env: S } } }
rules:
  - { name: all, repos: ["github:Codertocat/*"], on: [push, merge_request], build: { hub: fedora, target: f42, scratch: true } }
  - { name: sources, repos: ["github:Codertocat/*"], on: [push, merge_request], paths: sources, build: { hub: fedora, target: f42 } }
  - { name: packages, repos: ["github:Codertocat/*"], on: merge_request, package: { path: "packages/{package}" }, build: { hub: fedora, target: f42 } }
`;

function payloadOf(event: string): Record<string, unknown> {
  const examples: { name: string; examples: Record<string, unknown>[] }[] = createRequire(import.meta.url)(
    "@octokit/webhooks-examples/api.github.com/index.json",
  );
  const found = examples.find(({ name }) => name === event);
  return structuredClone(found?.examples[0] ?? {});
}

function branchPush(): string {
  const payload = payloadOf("push");
  const sha = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
  const head = { id: sha, message: "fix", added: [], removed: [], modified: ["hello.spec"] };
  return JSON.stringify({
    ...payload,
    ref: "refs/heads/main",
    after: sha,
    ...{ before: "9049f1265b7d61be4a8904a9a27120d2064dab3b", created: false, forced: false, deleted: false },
    head_commit: head,
    commits: [head],
  });
}

const nobody = () => Promise.reject(new Error("nobody may"));

describe("the door", () => {
  let app: FastifyInstance;
  let store: Store;
  let url: string;
  const lines: string[] = [];
  const log = (facts: object, message: string) => void lines.push(JSON.stringify({ ...facts, message }));

  beforeAll(async () => {
    store = await openSqliteStore(":memory:");
    const loaded = parseConfig(YAML, "test.yaml", { env: {}, secrets: "optional" });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const { rules } = loaded.config;
    const receivers = new Map([
      ["github", createGitHubReceiver({ forge: "github", secrets: ["other", SECRET] })],
      ["work", createGitLabReceiver({ forge: "work", secrets: [SECRET], signingTokens: [] })],
    ]);
    const ingest = createIngest({
      inbox: store,
      rules,
      repos: [],
      comments: "always",
      summary: null,
      facts: new Set<string>(),
      ownLogin: () => "kojibot",
      now: Date.now,
      nudge: () => undefined,
    });
    app = createServer({
      receivers,
      ingest,
      refusals: createRefusals(Date.now),
      dashboard: null,
      api: {
        ...{ store, version: "1", isToken: () => false, hubs: async () => [] },
        ...{ commands: nobody, replay: nobody, start: nobody, webUrl: () => "https://koji.example.org/koji" },
      },
      ready: () => store.ready(),
      bodyLimit: 100_000,
      apiToken: () => null,
      door: { rate: () => null, isProxy: () => false, mayDeliver: () => true },
      metrics: { answered: () => undefined, render: async () => "" },
      log: { debug: log, info: log, warn: log, error: log },
    });
    url = await app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(async () => {
    await app.close();
    await store.close();
  });

  async function post(body: string, headers: Record<string, string>, forge = "github") {
    const response = await fetch(`${url}/webhooks/${forge}`, { method: "POST", body, headers });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  }

  it("accepts a signed push, once", async () => {
    const body = branchPush();
    const first = await post(body, signGitHub(SECRET, "push", "d-1", body));
    expect(first).toMatchObject({ status: 202, json: { delivery: "d-1", ignored: null, duplicate: false } });
    const builds = first.json.builds as string[];
    expect(builds).toHaveLength(1);
    const again = await post(body, signGitHub(SECRET, "push", "d-1", body));
    expect(again).toEqual({ status: 202, json: { ...first.json, duplicate: true } });

    const shown = await (await fetch(`${url}/api/builds/${builds[0]}`)).json();
    expect(shown).toMatchObject({ id: builds[0], phase: "queued", target: "f42", description: "accepted" });
    expect(shown).not.toHaveProperty("intent");
    const list = await (await fetch(`${url}/api/builds?repo=Codertocat/Hello-World`)).json();
    expect(list).toEqual({ builds: [shown], next: null });
    expect(await (await fetch(`${url}/api/builds?repo=nobody/nothing`)).json()).toEqual({ builds: [], next: null });
  });

  it("another delivery of the same push shares its build", async () => {
    const body = branchPush();
    const other = await post(body, signGitHub(SECRET, "push", "d-2", body));
    expect(other.json).toMatchObject({ duplicate: false, builds: [expect.any(String)] });
    expect((await store.builds({ limit: 10 })).length).toBe(1);
  });

  it("shows what became of a delivery, and no payload or signature", async () => {
    const shown = await (await fetch(`${url}/api/deliveries/d-1`)).json();
    expect(shown).toMatchObject({
      delivery: "d-1",
      event: "push",
      ignored: null,
      trace: [
        { rule: "all", matched: true },
        { rule: "sources", matched: false, reason: "paths: none of the 1 changed paths matches `sources`" },
        { rule: "packages", matched: false, reason: "on: this is a push, not a merge_request" },
      ],
    });
    expect(JSON.stringify(shown)).not.toMatch(/sha256=|payload/);
    expect((await fetch(`${url}/api/deliveries/unknown`)).status).toBe(404);
    expect((await fetch(`${url}/api/builds/unknown`)).status).toBe(404);
  });

  it("shows which rules wanted to know what a merge request changes", async () => {
    const body = JSON.stringify({ ...payloadOf("pull_request"), action: "opened" });
    await post(body, signGitHub(SECRET, "pull_request", "d-mr", body));
    expect(await (await fetch(`${url}/api/deliveries/d-mr`)).json()).toMatchObject({
      trace: [
        { rule: "all", matched: true },
        { rule: "sources", matched: true, needsPaths: true, note: "paths unknown, built to be safe" },
        { rule: "packages", matched: false, needsPaths: true, reason: "package: changed paths unknown" },
      ],
    });
  });

  it("answers a ping", async () => {
    const body = JSON.stringify(payloadOf("ping"));
    const answer = await post(body, signGitHub(SECRET, "ping", "d-ping", body));
    expect(answer).toMatchObject({ status: 202, json: { builds: [], ignored: expect.any(String) } });
  });

  it("ignores its own account's push, and says so", async () => {
    const body = JSON.stringify({
      ...JSON.parse(branchPush()),
      sender: { login: "kojibot" },
      pusher: { name: "kojibot" },
    });
    const answer = await post(body, signGitHub(SECRET, "push", "d-own", body));
    expect(answer).toMatchObject({
      status: 202,
      json: { builds: [], ignored: expect.stringContaining("kojibridge itself") },
    });
  });

  it.each<[string, number, RegExp, (body: string) => [string, Record<string, string>, string?]]>([
    ["no signature", 401, /not signed/, (body) => [body, { "x-github-event": "push", "x-github-delivery": "x" }]],
    ["a wrong signature", 401, /not signed/, (body) => [body, signGitHub("wrong", "push", "x", body)]],
    ["a changed body", 401, /not signed/, (body) => [`${body} `, signGitHub(SECRET, "push", "x", body)]],
    ["GitLab without token", 401, /not signed/, (body) => [body, { "x-gitlab-event": "Push Hook" }, "work"]],
    [
      "GitLab, wrong token",
      401,
      /not signed/,
      (body) => [body, { "x-gitlab-event": "Push Hook", "x-gitlab-token": "no" }, "work"],
    ],
    ["an unknown forge", 404, /no forge/, (body) => [body, signGitHub(SECRET, "push", "x", body), "nobody"]],
    ["not JSON", 400, /not JSON/, () => ["{", signGitHub(SECRET, "push", "x", "{")]],
    ["not the event it claims", 400, /action/, (body) => [body, signGitHub(SECRET, "pull_request", "x", body)]],
    [
      "no event header",
      400,
      /X-GitHub-Event/,
      (body) => [body, { ...signGitHub(SECRET, "push", "x", body), "x-github-event": "" }],
    ],
    ["no delivery header", 400, /X-GitHub-Delivery/, (body) => [body, { ...signGitHub(SECRET, "push", "", body) }]],
    ["too large", 413, /too large/i, () => ["x".repeat(100_001), signGitHub(SECRET, "push", "x", "")]],
  ])("%s: %i", async (_, status, error, call) => {
    const answer = await post(...call(branchPush()));
    expect(answer).toMatchObject({ status, json: { error: expect.stringMatching(error) } });
    expect(await store.delivery("x")).toBeNull();
  });

  it("logs a refusal once, without what was presented", () => {
    const refused = lines.filter((line) => line.includes("delivery refused"));
    expect(refused.length).toBe(5);
    expect(lines.join("\n")).not.toMatch(/sha256=|door-test-secret/);
  });

  it("is alive and ready", async () => {
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  });

  it("asks for another delivery while the database cannot be written", async () => {
    await store.close();
    const body = branchPush();
    const answer = await post(body, signGitHub(SECRET, "push", "d-late", body));
    expect(answer).toMatchObject({ status: 503, json: { error: expect.stringMatching(/deliver it again/) } });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    store = await openSqliteStore(":memory:");
  });
});
