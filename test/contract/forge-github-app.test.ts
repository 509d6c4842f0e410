import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGitHubAppClient } from "../../src/adapters/forge/github/client.ts";
import type { StatusPage } from "../../src/domain/report.ts";
import type { Forge, StatusPlace } from "../../src/ports/forge.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createGitHub, MARKER, SHA, status } from "./forges.ts";

const { privateKey, publicKey } = newKeys();
const other = newKeys().privateKey;

const repo = "rpms/nano";
const place: StatusPlace = { repo, sha: SHA, ref: "f42", fork: null };
let world: ForgeWorld;
let forge: Forge;
let now: number;

beforeAll(async () => {
  world = await createForgeWorld({ now: () => now });
  world.addUser("bridge", { token: "good" });
  world.addUser("jane", { token: "jane" });
  world.addApp({ id: 5, slug: "kojibridge", publicKey: publicKey }, ["rpms", "Other"]);
  world.addApp({ id: 6, slug: "stranger", publicKey: publicKey }, ["rpms"]);
});
afterAll(() => world.close());
beforeEach(() => {
  now = Date.now();
  world.heal();
  const access = { bridge: "write", "kojibridge[bot]": "write", "stranger[bot]": "write" } as const;
  for (const path of [repo, "rpms/vim", "other/nano"]) {
    world.addRepo("github", path, { access });
    world.addCommit("github", path, SHA, "f42");
    world.addMergeRequest("github", path, 4);
  }
  forge = create();
});

function newKeys() {
  const encoding = { type: "pkcs1", format: "pem" } as const;
  return generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: encoding, privateKeyEncoding: encoding });
}

function create(over: { id?: number; key?: string; installation?: number } = {}): Forge {
  const { id = 5, key = privateKey, installation = null } = over;
  return createGitHubAppClient({
    ...{ forge: "github", apiUrl: world.gitHubUrl, userAgent: "kojibridge/test", timeoutMs: 5000, now: () => now },
    app: { id, privateKey: () => key, installation },
  });
}

const runs = () => world.checks(repo, SHA);
const asked = (pattern: RegExp, since = 0) =>
  world.requests.slice(since).filter(({ method, path }) => pattern.test(`${method} ${path}`)).length;
const page = (over: Partial<StatusPage> = {}): StatusPage => ({
  ...{ title: "x86_64 failed", summary: "**why**", text: "log", annotations: [] },
  ...over,
});
const annotations = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ path: "nano.spec", line: i + 1, column: null, message: `bad ${i}` }));

describe("an App's tokens", () => {
  it("are made once per owner, for all who ask at the same time", async () => {
    const before = world.requests.length;
    const places = [repo, "rpms/vim", "other/nano"].map((path) => ({ ...place, repo: path }));
    await Promise.all([...places, ...places].map((at, i) => forge.setStatus(at, status({ context: `c${i}` }))));
    expect(asked(/access_tokens$/, before)).toBe(2);
  });

  it("are renewed before they end", async () => {
    await forge.setStatus(place, status({}));
    const before = world.requests.length;
    now += 54 * 60_000;
    await forge.setStatus(place, status({ state: "running" }));
    expect(asked(/access_tokens$/, before)).toBe(0);
    now += 2 * 60_000;
    expect(await forge.setStatus(place, status({ state: "success" }))).toBe("set");
    expect(asked(/access_tokens$/, before)).toBe(1);
  });

  it("are made anew after GitHub refused one", async () => {
    await forge.setStatus(place, status({}));
    world.fail({ on: /check-runs/, fault: { kind: "answer", status: 401, body: { message: "Bad credentials" } } });
    await expect(forge.setStatus(place, status({}))).rejects.toMatchObject({ kind: "auth" });
    const before = world.requests.length;
    expect(await forge.setStatus(place, status({}))).toBe("unchanged");
    expect(asked(/access_tokens$/, before)).toBe(1);
  });

  it("a failure to make one is not remembered", async () => {
    world.fail({ on: /access_tokens$/, fault: { kind: "answer", status: 502 } });
    await expect(forge.setStatus(place, status({}))).rejects.toMatchObject({ kind: "transient" });
    expect(await forge.setStatus(place, status({}))).toBe("set");
  });

  it("of a given installation are not looked for", async () => {
    await forge.setStatus(place, status({}));
    const made = world.requests.findLast(({ path }) => path.endsWith("/access_tokens"));
    const installation = Number(made?.path.split("/")[3]);
    const before = world.requests.length;
    expect(await create({ installation }).setStatus(place, status({}))).toBe("unchanged");
    expect(asked(/installation$/, before)).toBe(0);
  });

  it("are not to be had where it is not installed", async () => {
    world.addRepo("github", "alien/nano", {});
    expect(await forge.setStatus({ ...place, repo: "alien/nano" }, status({}))).toBe("forbidden");
  });

  it.each([
    ["the key of another", other, 5],
    ["the id of none", privateKey, 77],
    ["a key that is none", "s3cret-but-no-key", 5],
  ])("with %s are a matter for the operator", async (_name, key, id) => {
    const refused = await create({ id, key })
      .setStatus(place, status({}))
      .catch((error) => error);
    expect(refused).toMatchObject({ kind: "auth" });
    expect(`${refused.stack}`).not.toContain("s3cret");
  });

  it("work while the clocks differ by a minute", async () => {
    const mine = now;
    for (const skew of [-55_000, 55_000]) {
      const skewed = createGitHubAppClient({
        ...{ forge: "github", apiUrl: world.gitHubUrl, userAgent: "x", timeoutMs: 5000, now: () => mine + skew },
        app: { id: 5, privateKey: () => privateKey, installation: null },
      });
      expect(await skewed.whoami()).toBe("kojibridge[bot]");
    }
  });
});

describe("an App's statuses are check runs", () => {
  it.each([
    ["pending", "queued", null, "cancel"],
    ["running", "in_progress", null, "cancel"],
    ["success", "completed", "success", "retry"],
    ["failure", "completed", "failure", "retry"],
    ["error", "completed", "failure", "retry"],
    ["canceled", "completed", "cancelled", "retry"],
    ["skipped", "completed", "neutral", "retry"],
  ] as const)("%s is %s, %s, and there is a button to %s", async (state, shown, conclusion, button) => {
    expect(await forge.setStatus(place, status({ state, build: "b-1" }))).toBe("set");
    expect(runs()).toMatchObject([
      { name: "koji/f42", status: shown, conclusion, externalId: "b-1", detailsUrl: "https://koji.example.org/1" },
    ]);
    expect(runs()[0]?.actions).toMatchObject([{ identifier: button }]);
    expect(world.statuses("github", repo, SHA)).toEqual([]);
  });

  it("one run goes its way, unchanged costs one read", async () => {
    for (const state of ["pending", "running", "failure"] as const) await forge.setStatus(place, status({ state }));
    const before = world.requests.length;
    expect(await create().setStatus(place, status({ state: "failure" }))).toBe("unchanged");
    expect(asked(/check-runs/, before)).toBe(1);
    expect(runs()).toHaveLength(1);
  });

  it("a new round is a new run", async () => {
    await forge.setStatus(place, status({ state: "failure" }));
    for (const state of ["pending", "running", "success"] as const) await forge.setStatus(place, status({ state }));
    expect(runs().map(({ conclusion }) => conclusion)).toEqual(["failure", "success"]);
  });

  it("what is over can be corrected", async () => {
    await forge.setStatus(place, status({ state: "failure" }));
    await forge.setStatus(place, status({ state: "canceled", description: "canceled: superseded" }));
    expect(runs()).toMatchObject([{ conclusion: "cancelled", output: { title: "canceled: superseded" } }]);
  });

  it("a run of another App or of the same name elsewhere is not ours", async () => {
    await create({ id: 6 }).setStatus(place, status({ state: "success" }));
    expect(await forge.setStatus(place, status({}))).toBe("set");
    expect(runs().map(({ app }) => app)).toEqual([6, 5]);
  });

  it.each(["drop", "answer-after"] as const)("there are never two, when the answer is lost (%s)", async (kind) => {
    await forge.setStatus(place, status({ context: "before" }));
    world.fail({ on: /^POST .*check-runs$/, fault: { kind, status: 502 } });
    await expect(forge.setStatus(place, status({}))).rejects.toMatchObject({ kind: "transient" });
    expect(await forge.setStatus(place, status({}))).toBe("unchanged");
    expect(runs()).toHaveLength(2);
  });

  it("without a page its words are the page", async () => {
    await forge.setStatus(place, status({ state: "skipped", description: "no rule for these paths" }));
    const words = "Skipped: no rule for these paths";
    expect(runs()[0]?.output).toEqual({ title: words, summary: words, text: null });
  });

  it("a page is shown, and is changed when it changes", async () => {
    await forge.setStatus(place, status({ state: "failure", page: page() }));
    expect(runs()[0]?.output).toEqual({ title: "x86_64 failed", summary: "**why**", text: "log" });
    expect(await forge.setStatus(place, status({ state: "failure", page: page() }))).toBe("unchanged");
    expect(await forge.setStatus(place, status({ state: "failure", page: page({ text: "more" }) }))).toBe("set");
    expect(runs()).toMatchObject([{ output: { text: "more" } }]);
  });

  it("a page is cut to what GitHub takes, counted in bytes", async () => {
    const long = page({ title: "é".repeat(400), summary: "é".repeat(40_000), text: "🐛".repeat(30_000) });
    expect(await forge.setStatus(place, status({ state: "failure", page: long }))).toBe("set");
    expect(await forge.setStatus(place, status({ state: "failure", page: long }))).toBe("unchanged");
    const { summary, text } = runs()[0]?.output ?? {};
    for (const each of [summary ?? "", text ?? ""]) {
      expect(Buffer.byteLength(each)).toBeLessThanOrEqual(65_535);
      expect(Buffer.byteLength(each)).toBeGreaterThan(65_525);
      expect(each).not.toContain("\ufffd");
    }
  });

  it.each([0, 1, 50, 51, 120])("%d annotations are all told, fifty at a time", async (count) => {
    const failed = status({ state: "failure", page: page({ annotations: annotations(count) }) });
    await forge.setStatus(place, failed);
    expect(await forge.setStatus(place, failed)).toBe("unchanged");
    expect(runs()).toHaveLength(1);
    expect(runs()[0]?.annotations).toHaveLength(count);
    expect(runs()[0]?.annotations.at(-1) ?? {}).toMatchObject(
      count === 0 ? {} : { path: "nano.spec", start_line: count, end_line: count, annotation_level: "failure" },
    );
  });

  it("annotations whose answer was lost are not told twice", async () => {
    const failed = status({ state: "failure", page: page({ annotations: annotations(120) }) });
    world.fail({ on: /^PATCH /, fault: { kind: "drop" } });
    await expect(forge.setStatus(place, failed)).rejects.toMatchObject({ kind: "transient" });
    expect(await forge.setStatus(place, failed)).toBe("set");
    expect(runs()[0]?.annotations).toHaveLength(120);
  });

  it("are forbidden to what is no App", async () => {
    const headers = { authorization: "Bearer good" };
    const body = JSON.stringify({ name: "x", head_sha: SHA });
    const answer = await fetch(`${world.gitHubUrl}/repos/${repo}/check-runs`, { method: "POST", headers, body });
    expect(answer.status).toBe(403);
  });

  it("need a commit that is there", async () => {
    const gone = forge.setStatus({ ...place, sha: "f".repeat(40) }, status({}));
    await expect(gone).rejects.toMatchObject({ kind: "rejected", code: "github.422" });
  });
});

describe("an App", () => {
  it("comments, reacts and replies as its bot", async () => {
    const { id } = world.addComment("github", repo, 4, "jane", "/koji build");
    await forge.setComment({ repo, mr: 4 }, MARKER, "one", null);
    await forge.setComment({ repo, mr: 4 }, MARKER, "two", null);
    expect(await forge.react({ repo, mr: 4, sha: null, comment: String(id) }, "seen")).toBe("set");
    expect(world.comments("github", repo, 4).map(({ by, body }) => [by.login, body])).toEqual([
      ["jane", "/koji build"],
      ["kojibridge[bot]", `${MARKER}\ntwo`],
    ]);
  });

  it("knows facts", async () => {
    world.commit("github", repo, { sha: SHA, branch: "f42", files: { a: "b" } });
    expect(await forge.file(repo, SHA, "a")).toBe("b");
    const jane = world.addComment("github", repo, 4, "jane", "x").by.id;
    expect(await forge.role(repo, { id: jane, login: "jane" })).toBe("read");
  });

  it("is not what a person's token is: those have commit statuses", async () => {
    await createGitHub(world, "good").setStatus(place, status({}));
    expect(runs()).toEqual([]);
  });
});
