import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGitHubAppClient } from "../../src/adapters/forge/github/client.ts";
import type { CommitState } from "../../src/domain/report.ts";
import type { Forge } from "../../src/ports/forge.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createForgejo, createGitHub, createGitLab, MARKER, SHA, shaOf, status } from "./forges.ts";
import { readOpenApi } from "./openapi.ts";

const forges = [
  { dialect: "github", create: createGitHub, operations: 25 },
  { dialect: "gitlab", create: createGitLab, operations: 22 },
  { dialect: "forgejo", create: createForgejo, operations: 17 },
] as const;

describe.each(forges)("every call to $dialect is as $dialect describes it", ({ dialect, create, operations }) => {
  const check = readOpenApi(dialect);
  const repo = "rpms/nano";
  let world: ForgeWorld;

  beforeAll(async () => {
    world = await createForgeWorld();
    world.addUser("bridge", { token: "good" });
    world.addRepo(dialect, repo, { access: { bridge: "admin" } });
    world.addRepo(dialect, "fork/nano", {});
    world.addCommit(dialect, repo, SHA, "f42");
    world.addMergeRequest(dialect, repo, 4);
  });
  afterAll(() => world.close());

  it("and so are the world's answers", async () => {
    const forge = create(world, "good");
    const place = { repo, sha: SHA, ref: "fix/#1 ü", fork: null };
    const states: CommitState[] = ["pending", "running", "canceled", "error", "failure", "success"];
    for (const state of states) {
      const description = `${state} ${"é🐛".repeat(300)}`;
      await forge.setStatus(
        place,
        status({ state, description, targetUrl: `https://koji.example.org/${"x".repeat(400)}` }),
      );
      await forge.setStatus({ ...place, ref: null }, status({ context: "koji/f42 é", state, targetUrl: null }));
    }
    for (const text of ["one", "two"]) world.addComment(dialect, repo, 4, "bridge", `${MARKER}\n${text}`);
    await forge.setComment({ repo, mr: 4 }, MARKER, "three", null);
    world.addMergeRequest(dialect, repo, 4);
    await forge.setComment({ repo, mr: 4 }, MARKER, "four", null);

    await askEverything(forge);
    await talk(forge);
    expectDescribed(operations);
  });

  /** Every fact, also those that are not there. */
  async function askEverything(forge: Forge): Promise<void> {
    const [old, head] = ["old", "head"].map(shaOf) as [string, string];
    world.commit(dialect, repo, { sha: old, branch: "f42", files: { "a/b.spec": "1", c: "2" } });
    world.commit(dialect, repo, {
      sha: head,
      parents: [old],
      branch: "fix/#1 ü",
      files: { "a/b.spec": "2", c: null, d: "2" },
    });
    world.annotatedTag(dialect, repo, "v1", head, shaOf("object"));
    for (const kind of ["branch", "tag"] as const)
      world.protect(dialect, repo, { kind, name: kind === "tag" ? "v*" : "f*" }, { ruleset: dialect === "github" });
    world.addMergeRequest(dialect, repo, 5, { by: "bridge", sha: head, branch: "f42", labels: ["x"] });
    world.addMergeRequest(dialect, repo, 6, { by: "bridge", sha: head, branch: "f42", source: "fork/nano" });
    for (const mr of [5, 6, 77]) await forge.mergeRequest({ repo, mr });
    for (const path of ["a/b.spec", "nothing"]) await forge.file(repo, "fix/#1 ü", path);
    const { id } = world.addComment(dialect, repo, 5, "bridge", "x").by;
    await forge.role(repo, { id, login: "bridge" });
    if (dialect !== "forgejo") await forge.role(repo, { id, login: null });
    for (const name of ["f42", "fix/#1 ü", "v1"])
      for (const kind of ["branch", "tag"] as const) await forge.ref(repo, { kind, name });
    await forge.contains(repo, "fix/#1 ü", old);
    const base = { forge: "x", repo: { path: repo, id: 1, cloneUrl: "", webUrl: "" }, author: "", text: "", sha: head };
    await forge.changedPaths({ kind: "push", ...base, branch: "f42", before: old, changed: null });
    const source = {
      title: "",
      branch: "",
      sourceBranch: "",
      draft: false,
      labels: [],
      fork: false,
      source: base.repo,
    };
    const event = {
      kind: "merge_request",
      ...base,
      ...source,
      mr: 5,
      action: "updated",
      webUrl: "",
      opener: null,
    } as const;
    await forge.changedPaths(event);
  }

  async function talk(forge: Forge): Promise<void> {
    const comment = String(world.addComment(dialect, repo, 5, "bridge", "/koji").id);
    const onCommit = String(world.addCommitComment(dialect, repo, SHA, "bridge", "/koji").id);
    for (const place of [
      { repo, mr: 5, sha: null, comment },
      { repo, mr: null, sha: SHA, comment: onCommit },
    ])
      for (const text of ["one", "two"]) {
        await forge.react(place, text === "one" ? "seen" : "refused");
        await forge.reply(place, MARKER, text);
        if (place.mr === null) world.addCommitComment(dialect, repo, SHA, "bridge", `${MARKER}\nsurplus`);
      }
    await forge.reply({ repo, mr: null, sha: SHA, comment: onCommit }, MARKER, "three");
  }

  function expectDescribed(operations: number): void {
    const checked = world.requests.map((request) => ({ ...check(request), path: request.path }));
    expect(checked.flatMap(({ problems, path }) => problems.map((problem) => `${path}: ${problem}`))).toEqual([]);
    expect(new Set(checked.map(({ operation }) => operation)).size).toBe(operations);
  }

  it.each([
    ["a state that is none", { state: "runing" }, /body: .*allowed values/],
    ["a field that is none", { state: "success", contxt: "koji" }, /contxt is no field/],
    ["no state", {}, /required property 'state'/],
  ])("notices %s", (_name, body, problem) => {
    const path = dialect === "gitlab" ? `/projects/rpms%2Fnano/statuses/${SHA}` : `/repos/rpms/nano/statuses/${SHA}`;
    const logged = { dialect, method: "POST", path, query: {}, headers: {}, body, answer: { status: 400, body: null } };
    expect(check(logged).problems.join("\n")).toMatch(problem);
  });

  it("notices a path and a query that are none", () => {
    const answer = { status: 404, body: null };
    const request = { dialect, method: "GET", headers: {}, body: {}, answer };
    expect(check({ ...request, path: "/users", query: {} }).problems).toHaveLength(1);
    expect(check({ ...request, path: "/user", query: { page: "1" } }).problems).toEqual(["page is no query parameter"]);
  });
});

it("every call of a GitHub App is as GitHub describes it", async () => {
  const check = readOpenApi("github");
  const encoding = { type: "pkcs1", format: "pem" } as const;
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: encoding,
    privateKeyEncoding: encoding,
  });
  const world = await createForgeWorld();
  world.addApp({ id: 5, slug: "kojibridge", publicKey: keys.publicKey }, ["rpms"]);
  world.addRepo("github", "rpms/nano", { access: { "kojibridge[bot]": "write" } });
  world.addCommit("github", "rpms/nano", SHA, "f42");
  const forge = createGitHubAppClient({
    ...{ forge: "github", apiUrl: world.gitHubUrl, userAgent: "kojibridge/test", timeoutMs: 5000 },
    app: { id: 5, privateKey: () => keys.privateKey, installation: null },
  });
  await forge.whoami();
  const annotations = Array.from({ length: 60 }, (_, i) => ({ path: "a", line: i + 1, column: i, message: "x" }));
  const page = { title: "t".repeat(300), summary: "é".repeat(70_000), text: "é".repeat(70_000), annotations };
  for (const state of ["pending", "running", "failure", "pending", "canceled", "skipped", "success", "error"] as const)
    await forge.setStatus(
      { repo: "rpms/nano", sha: SHA, ref: null, fork: null },
      status({ state, build: "b-1", page: state === "failure" ? page : null }),
    );
  const checked = world.requests.map((request) => ({ ...check(request), path: request.path }));
  expect(checked.flatMap(({ problems, path }) => problems.map((problem) => `${path}: ${problem}`))).toEqual([]);
  expect(new Set(checked.map(({ operation }) => operation)).size).toBe(6);
  await world.close();
});
