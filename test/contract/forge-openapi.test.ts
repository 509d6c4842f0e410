import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommitState } from "../../src/domain/report.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createForgejo, createGitHub, createGitLab, MARKER, SHA, status } from "./forges.ts";
import { readOpenApi } from "./openapi.ts";

const forges = [
  { dialect: "github", create: createGitHub, operations: 7 },
  { dialect: "gitlab", create: createGitLab, operations: 7 },
  { dialect: "forgejo", create: createForgejo, operations: 7 },
] as const;

describe.each(forges)("every call to $dialect is as $dialect describes it", ({ dialect, create, operations }) => {
  const check = readOpenApi(dialect);
  const repo = "rpms/nano";
  let world: ForgeWorld;

  beforeAll(async () => {
    world = await createForgeWorld();
    world.addUser("bridge", { token: "good" });
    world.addRepo(dialect, repo, { access: { bridge: "write" } });
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

    const checked = world.requests.map((request) => ({ ...check(request), path: request.path }));
    expect(checked.flatMap(({ problems, path }) => problems.map((problem) => `${path}: ${problem}`))).toEqual([]);
    expect(new Set(checked.map(({ operation }) => operation)).size).toBe(operations);
  });

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
