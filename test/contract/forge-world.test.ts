import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createForgejoReceiver } from "../../src/adapters/forge/forgejo/webhook.ts";
import { createGitHubReceiver } from "../../src/adapters/forge/github/webhook.ts";
import { createGitLabReceiver } from "../../src/adapters/forge/gitlab/webhook.ts";
import { isIgnored, isPersonEvent } from "../../src/domain/event.ts";
import type { ForgeReceiver } from "../../src/ports/forge.ts";
import { type Delivery, deliver, toRequest } from "../../src/simulator/forge/deliver.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { payloadExamples } from "../../src/simulator/payloads/examples.ts";
import { SHA } from "./forges.ts";

let world: ForgeWorld;

beforeAll(async () => {
  world = await createForgeWorld();
  world.addUser("bridge", { token: "good" });
  world.addUser("reader", { token: "reader" });
  world.addUser("bridge", { token: "narrow", scopes: ["read:repository", "read:issue"] });
  for (const dialect of ["github", "gitlab", "forgejo"] as const) {
    world.addRepo(dialect, "rpms/nano", { access: { bridge: "write" } });
    world.addRepo(dialect, "rpms/secret", { isPrivate: true, access: { bridge: "write" } });
    world.addCommit(dialect, "rpms/nano", SHA, "f42");
    world.addMergeRequest(dialect, "rpms/nano", 4);
  }
});
afterAll(() => world.close());

async function ask(method: string, path: string, body?: object, token = "good") {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${world.url}${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: response.status, said: await response.text() };
}

const github = "/api/v3/repos/rpms/nano";
const gitlab = "/api/v4/projects/rpms%2Fnano";
const forgejo = "/api/v1/repos/rpms/nano";

describe("the world refuses what GitHub refuses", () => {
  it.each([
    ["a bad token", "GET", "/api/v3/user", undefined, "bad", 401, "Bad credentials"],
    [
      "a repo one may not see",
      "GET",
      "/api/v3/repos/rpms/secret/commits/x/status",
      undefined,
      "reader",
      404,
      "Not Found",
    ],
    [
      "a status without write access",
      "POST",
      `${github}/statuses/${SHA}`,
      { state: "success" },
      "reader",
      403,
      "not accessible",
    ],
    [
      "an unknown state",
      "POST",
      `${github}/statuses/${SHA}`,
      { state: "running" },
      "good",
      422,
      "state is not included in the list",
    ],
    [
      "141 characters",
      "POST",
      `${github}/statuses/${SHA}`,
      { state: "success", description: "x".repeat(141) },
      "good",
      422,
      "maximum is 140",
    ],
    ["an emoji", "POST", `${github}/statuses/${SHA}`, { state: "success", description: "🐛" }, "good", 422, "4-byte"],
    [
      "a link that is none",
      "POST",
      `${github}/statuses/${SHA}`,
      { state: "success", target_url: "x" },
      "good",
      422,
      "http(s)",
    ],
    [
      "an unknown commit",
      "POST",
      `${github}/statuses/${"f".repeat(40)}`,
      { state: "success" },
      "good",
      422,
      "No commit found",
    ],
    ["an empty comment", "POST", `${github}/issues/4/comments`, { body: "" }, "good", 422, "blank"],
    [
      "a comment that is too long",
      "POST",
      `${github}/issues/4/comments`,
      { body: "x".repeat(65_537) },
      "good",
      422,
      "65536",
    ],
    ["an unknown pull request", "GET", `${github}/issues/5/comments`, undefined, "good", 404, "Not Found"],
    [
      "who may what without push access",
      "GET",
      `${github}/collaborators/bridge/permission`,
      undefined,
      "reader",
      403,
      "push access",
    ],
    ["a branch that is none", "GET", `${github}/branches/none`, undefined, "good", 404, "Branch not found"],
    [
      "a comparison with nothing",
      "GET",
      `${github}/compare/${SHA}...${"f".repeat(40)}`,
      undefined,
      "good",
      404,
      "Not Found",
    ],
    ["a reaction that is none", "POST", `${github}/comments/1/reactions`, { content: "ok" }, "good", 404, "Not Found"],
    [
      "a check run by a person",
      "POST",
      `${github}/check-runs`,
      { name: "x", head_sha: SHA },
      "good",
      403,
      "GitHub App",
    ],
    ["an unknown call", "PUT", `${github}/statuses/${SHA}`, {}, "good", 404, "Not Found"],
  ] as const)("%s", async (_name, method, path, body, token, status, said) => {
    expect(await ask(method, path, body, token)).toEqual({ status, said: expect.stringContaining(said) });
  });

  it("the edit of another's comment without write access", async () => {
    const { id } = world.addComment("github", "rpms/nano", 4, "bridge", "mine");
    for (const method of ["PATCH", "DELETE"]) {
      expect(await ask(method, `${github}/issues/comments/${id}`, { body: "x" }, "reader")).toMatchObject({
        status: 403,
      });
    }
  });
});

describe("the world refuses what GitLab refuses", () => {
  it.each([
    ["a bad token", "GET", "/api/v4/user", undefined, "bad", 401, "401 Unauthorized"],
    [
      "a project one may not see",
      "GET",
      "/api/v4/projects/rpms%2Fsecret/merge_requests/1/notes",
      undefined,
      "reader",
      404,
      "Project Not Found",
    ],
    [
      "a status by a reporter",
      "POST",
      `${gitlab}/statuses/${SHA}`,
      { state: "success" },
      "reader",
      403,
      "403 Forbidden",
    ],
    ["an unknown state", "POST", `${gitlab}/statuses/${SHA}`, { state: "failure" }, "good", 400, "valid value"],
    ["no state", "POST", `${gitlab}/statuses/${SHA}`, {}, "good", 400, "state is missing"],
    [
      "a link of 256 characters",
      "POST",
      `${gitlab}/statuses/${SHA}`,
      { state: "success", target_url: `http://${"x".repeat(249)}` },
      "good",
      400,
      "too long",
    ],
    [
      "an unknown commit",
      "POST",
      `${gitlab}/statuses/${"f".repeat(40)}`,
      { state: "success" },
      "good",
      404,
      "Commit Not Found",
    ],
    [
      "an unknown pipeline",
      "POST",
      `${gitlab}/statuses/${SHA}`,
      { state: "success", pipeline_id: 1 },
      "good",
      404,
      "pipeline_id",
    ],
    ["an unknown merge request", "GET", `${gitlab}/merge_requests/5/notes`, undefined, "good", 404, "Not found"],
    ["one ref to compare", "GET", `${gitlab}/repository/merge_base?refs=a`, undefined, "good", 400, "at least 2 refs"],
    [
      "refs that are none",
      "GET",
      `${gitlab}/repository/merge_base?refs=a,b`,
      undefined,
      "good",
      400,
      "Could not find refs: a, b",
    ],
    ["a file without a ref", "GET", `${gitlab}/repository/files/a`, undefined, "good", 400, "ref is missing"],
    [
      "a file that is none",
      "GET",
      `${gitlab}/repository/files/a?ref=none`,
      undefined,
      "good",
      404,
      "404 Commit Not Found",
    ],
    ["a member who is none", "GET", `${gitlab}/members/all/1`, undefined, "good", 404, "404 Not found"],
    [
      "a note of two megabytes",
      "POST",
      `${gitlab}/merge_requests/4/notes`,
      { body: "x".repeat(2e6) },
      "good",
      400,
      "1000000",
    ],
    ["an empty note", "POST", `${gitlab}/merge_requests/4/notes`, { body: "" }, "good", 400, "body is missing"],
    ["an unknown note", "PUT", `${gitlab}/merge_requests/4/notes/1`, { body: "x" }, "good", 404, "Note Not Found"],
  ] as const)("%s", async (_name, method, path, body, token, status, said) => {
    expect(await ask(method, path, body, token)).toEqual({ status, said: expect.stringContaining(said) });
  });

  it.each([
    ["pending", "pending", "enqueue", "pending"],
    ["running", "running", "run", "running"],
    ["running", "pending", "enqueue", "running"],
  ])("%s → %s, in its own words", async (from, to, event, at) => {
    const name = `${from} ${to}`;
    expect(await ask("POST", `${gitlab}/statuses/${SHA}`, { state: from, name })).toMatchObject({ status: 201 });
    const said = `Cannot transition status via :${event} from :${at} (Reason(s): Status cannot transition via \\"${event}\\")`;
    expect(await ask("POST", `${gitlab}/statuses/${SHA}`, { state: to, name })).toEqual({
      status: 400,
      said: JSON.stringify({ message: said.replaceAll("\\", "") }),
    });
  });

  it("the edit of another's note, even with write access", async () => {
    const { id } = world.addComment("gitlab", "rpms/nano", 4, "reader", "mine");
    for (const method of ["PUT", "DELETE"]) {
      expect(await ask(method, `${gitlab}/merge_requests/4/notes/${id}`, { body: "x" })).toMatchObject({ status: 403 });
    }
  });
});

describe("the world refuses what Forgejo refuses", () => {
  const state = "success";
  it.each([
    ["a bad token", "GET", "/api/v1/user", undefined, "bad", 401, "token is required"],
    ["a repo one may not see", "GET", "/api/v1/repos/rpms/secret/commits/x/status", undefined, "reader", 404, "found"],
    [
      "a status without write access",
      "POST",
      `${forgejo}/statuses/${SHA}`,
      { state },
      "reader",
      403,
      "write to a repo",
    ],
    [
      "a status without the scope",
      "POST",
      `${forgejo}/statuses/${SHA}`,
      { state },
      "narrow",
      403,
      "[write:repository]",
    ],
    ["a comment without the scope", "POST", `${forgejo}/issues/4/comments`, {}, "narrow", 403, "[write:issue]"],
    ["who it is without the scope", "GET", "/api/v1/user", undefined, "narrow", 403, "[read:user]"],
    ["a state of eight letters", "POST", `${forgejo}/statuses/${SHA}`, { state: "canceled" }, "good", 500, '""'],
    ["an unknown commit", "POST", `${forgejo}/statuses/${"f".repeat(40)}`, { state }, "good", 500, '""'],
    [
      "who may what to others than administrators",
      "GET",
      `${forgejo}/collaborators/reader/permission`,
      undefined,
      "good",
      403,
      "repo admins",
    ],
    ["protected tags to the same", "GET", `${forgejo}/tag_protections`, undefined, "good", 403, "admin"],
    ["a commit that is none", "GET", `${forgejo}/commits?sha=none`, undefined, "good", 404, "found"],
    ["an empty comment", "POST", `${forgejo}/issues/4/comments`, { body: "" }, "good", 422, "[Body]: Required"],
    ["an unknown pull request", "GET", `${forgejo}/issues/5/comments`, undefined, "good", 404, "found"],
    ["an unknown comment", "PATCH", `${forgejo}/issues/comments/1`, { body: "x" }, "good", 404, "found"],
    ["an unknown call", "PUT", `${forgejo}/statuses/${SHA}`, {}, "good", 404, "found"],
  ] as const)("%s", async (_name, method, path, body, token, status, said) => {
    expect(await ask(method, path, body, token)).toEqual({ status, said: expect.stringContaining(said) });
  });

  it("a reaction the instance does not have", async () => {
    const { id } = world.addComment("forgejo", "rpms/nano", 4, "bridge", "mine");
    const path = `${forgejo}/issues/comments/${id}/reactions`;
    expect(await ask("POST", path, { content: "party" })).toMatchObject({ status: 403 });
  });

  it("the edit of another's comment without write access", async () => {
    const { id } = world.addComment("forgejo", "rpms/nano", 4, "bridge", "mine");
    for (const method of ["PATCH", "DELETE"]) {
      expect(await ask(method, `${forgejo}/issues/comments/${id}`, { body: "x" }, "reader")).toMatchObject({
        status: 403,
      });
    }
  });

  it("more than fifty on a page", async () => {
    for (let i = 0; i < 60; i++)
      await ask("POST", `${forgejo}/statuses/${SHA}`, { state, context: `${i}`, description: " words " });
    const { said } = await ask("GET", `${forgejo}/commits/${SHA}/status?limit=100`);
    const { statuses } = JSON.parse(said);
    expect(statuses).toHaveLength(50);
    expect(statuses[0]).toMatchObject({ context: "59", status: "success", description: "words" });
  });
});

describe("a delivery of the world", () => {
  const signingToken = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
  const receivers: Record<string, ForgeReceiver> = {
    github: createGitHubReceiver({ forge: "github", secrets: ["s"] }),
    gitlab: createGitLabReceiver({ forge: "gitlab", secrets: ["s"], signingTokens: [signingToken] }),
    forgejo: createForgejoReceiver({ forge: "forgejo", secrets: ["s"] }),
  };
  const ways: Pick<Delivery, "secret" | "signingToken">[] = [
    { secret: "s" },
    { signingToken },
    { secret: "s", signingToken },
  ];
  const deliveries = payloadExamples.flatMap(({ dialect, name, event, payload }) =>
    ways
      .slice(0, dialect === "gitlab" ? 3 : 1)
      .map((how) => ({ dialect, name, delivery: { dialect, event, payload, ...how } })),
  );

  it.each(deliveries)("$dialect $name is accepted and understood", async ({ dialect, delivery }) => {
    const { headers, body } = toRequest(delivery);
    const receiver = receivers[dialect]!;
    expect(await receiver.verify(headers, Buffer.from(body))).toMatchObject({ ok: true, event: delivery.event });
    const event = receiver.parse(delivery.event, JSON.parse(body));
    expect(event).toHaveProperty("kind");
    if (!isIgnored(event) && !isPersonEvent(event)) {
      world.learn(dialect, event);
      expect(world.statuses(dialect, event.repo.path, event.sha)).toEqual([]);
    }
  });

  it.each(deliveries)("$dialect $name is refused with another key", async ({ dialect, delivery }) => {
    const { headers, body } = toRequest({
      ...delivery,
      ...(delivery.secret ? { secret: "t" } : { signingToken: "whsec_AAAA" }),
    });
    expect(await receivers[dialect]!.verify(headers, Buffer.from(body))).toMatchObject({ ok: false });
  });

  it("arrives as bytes that carry their own signature", async () => {
    const receiver = receivers.gitlab!;
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const verdict = await receiver.verify(request.headers, Buffer.concat(chunks));
      response.writeHead(verdict.ok ? 202 : 401).end(verdict.ok ? verdict.delivery : "");
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const delivery = {
      dialect: "gitlab",
      event: "Push Hook",
      payload: { text: "ü ✓" },
      signingToken,
      id: "abc",
    } as const;
    expect(await deliver(url, delivery)).toEqual({ status: 202, body: "abc" });
    expect(await deliver(url, { ...delivery, now: Date.now() - 301_000 })).toMatchObject({ status: 401 });
    server.close();
  });
});
