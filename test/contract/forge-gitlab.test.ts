import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGitLabClient } from "../../src/adapters/forge/gitlab/client.ts";
import type { CommitState } from "../../src/domain/report.ts";
import type { Forge, StatusPlace } from "../../src/ports/forge.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createGitLab, SHA, status } from "./forges.ts";

const repo = "dist/rpms/nano";
const fork = "jane/nano";
const place: StatusPlace = { repo, sha: SHA, ref: "f42", fork: null };
let world: ForgeWorld;
let forge: Forge;

beforeAll(async () => {
  world = await createForgeWorld();
  world.addUser("bridge", { token: "good" });
  world.addUser("other", { token: "other" });
});
afterAll(() => world.close());
beforeEach(() => {
  world.heal();
  for (const path of [repo, fork]) {
    world.addRepo("gitlab", path, { access: { bridge: "write", other: "write" } });
    world.addCommit("gitlab", path, SHA, "f42");
  }
  forge = createGitLab(world, "good");
});

const set = (state: CommitState, description = "words", at = place) =>
  forge.setStatus(at, status({ state, description }));
const shown = (path = repo) =>
  world.statuses("gitlab", path, SHA).map(({ state, description }) => [state, description]);
const posts = () => world.requests.filter(({ method }) => method === "POST").length;

describe("GitLab's transitions", () => {
  it.each([
    ["pending", "pending"],
    ["running", "running"],
    ["running", "pending"],
  ] as const)("%s cannot become %s: nothing is sent, and that is no error", async (from, to) => {
    await set(from, "before");
    const before = posts();
    expect(await set(to, "after")).toBe("unchanged");
    expect(posts()).toBe(before);
    expect(shown()).toEqual([[from, "before"]]);
  });

  it.each(["success", "failure", "canceled"] as const)("after %s a new round begins, once", async (end) => {
    await set(end);
    expect(await set("pending", "again")).toBe("set");
    expect(await set("pending", "again")).toBe("unchanged");
    expect(world.history("gitlab", repo, SHA)).toHaveLength(2);
    expect(new Set(world.history("gitlab", repo, SHA).map(({ pipeline }) => pipeline)).size).toBe(1);
  });

  it("refused because somebody was faster: read again, and it is so already", async () => {
    await set("pending");
    world.fail({ on: /^GET .*statuses/, times: 2, fault: { kind: "answer", status: 200, body: [] } });
    expect(await set("pending")).toBe("unchanged");
  });

  it("409, another update is in progress: try again", async () => {
    world.fail({
      on: /^POST /,
      fault: { kind: "answer", status: 409, body: { message: "Another update to this commit status is in progress" } },
    });
    await expect(set("pending")).rejects.toMatchObject({ kind: "transient" });
  });

  it("a refusal that stays one is said", async () => {
    world.fail({
      on: /^POST /,
      fault: { kind: "answer", status: 422, body: { message: "The number of jobs has exceeded the limit" } },
    });
    await expect(set("pending")).rejects.toMatchObject({
      kind: "rejected",
      message: expect.stringContaining("exceeded the limit"),
    });
  });

  it("a token without the scope is for the operator", async () => {
    const body = {
      error: "insufficient_scope",
      error_description: "The request requires higher privileges",
      scope: "api",
    };
    world.fail({ fault: { kind: "answer", status: 403, body } });
    await expect(set("pending")).rejects.toMatchObject({ kind: "auth" });
  });

  it("somebody else's status of that name is not ours to move on", async () => {
    await createGitLab(world, "other").setStatus(place, status({ state: "running", description: "theirs" }));
    expect(await set("pending", "ours")).toBe("set");
    expect(shown()).toEqual([["pending", "ours"]]);
  });
});

describe("GitLab's pipelines", () => {
  const pipelines = () => new Set(world.history("gitlab", repo, SHA).map(({ pipeline }) => pipeline));

  it("one holds all contexts of a commit", async () => {
    for (const context of ["koji/f42", "koji/f41", "koji/c9s"]) await forge.setStatus(place, status({ context }));
    expect(pipelines().size).toBe(1);
  });

  it("the project's own CI, started between two of ours, does not tear them apart", async () => {
    await set("pending");
    world.addPipeline(repo, SHA, "f42");
    await set("running");
    await forge.setStatus(place, status({ context: "koji/f41", state: "pending" }));
    await set("success");
    expect(pipelines().size).toBe(1);
    expect(world.statuses("gitlab", repo, SHA).map(({ context, state }) => [context, state])).toEqual([
      ["koji/f42", "success"],
      ["koji/f41", "pending"],
    ]);
  });

  it("a pipeline that was deleted is replaced", async () => {
    await set("pending");
    world.fail({
      on: /^POST /,
      fault: { kind: "answer", status: 404, body: { message: "404 Pipeline for pipeline_id, sha and ref Not Found" } },
    });
    expect(await set("running")).toBe("set");
  });

  it("each ref has its own: the same commit on two branches", async () => {
    await set("success");
    expect(await set("pending", "on f41", { ...place, ref: "f41" })).toBe("set");
    expect(shown()).toEqual([
      ["success", "words"],
      ["pending", "on f41"],
    ]);
  });
});

describe("an instance under a path", () => {
  it("is asked under that path", async () => {
    for (const root of ["/gitlab", "/gitlab/"]) {
      const options = {
        forge: "gitlab",
        url: `${world.url}${root}`,
        token: () => "good",
        userAgent: "kojibridge/test",
        timeoutMs: 5000,
      };
      await createGitLabClient(options)
        .whoami()
        .catch(() => null);
      expect(world.requests.at(-1)?.path).toBe("/gitlab/api/v4/user");
    }
  });
});

describe("a fork's merge request", () => {
  const at = { ...place, fork };

  it("has its status in the fork, where the merge request looks for it", async () => {
    expect(await set("pending", "words", at)).toBe("set");
    expect(shown(fork)).toEqual([["pending", "words"]]);
    expect(shown(repo)).toEqual([]);
  });

  it.each([
    ["may not be written to (403)", { access: { bridge: "read" } }],
    ["may not be seen (404)", { isPrivate: true }],
  ] as const)("has it in the target when the fork %s", async (_name, forked) => {
    world.addRepo("gitlab", fork, forked);
    world.addCommit("gitlab", fork, SHA, "f42");
    expect(await set("pending", "words", at)).toBe("set");
    expect(shown(repo)).toEqual([["pending", "words"]]);
  });

  it("keeps its status where it began, though the fork opens meanwhile, and after a restart", async () => {
    world.addRepo("gitlab", fork, { access: { bridge: "read" } });
    world.addCommit("gitlab", fork, SHA, "f42");
    await set("pending", "words", at);
    world.addRepo("gitlab", fork, { access: { bridge: "write" } });
    world.addCommit("gitlab", fork, SHA, "f42");
    await set("running", "words", at);
    forge = createGitLab(world, "good");
    await set("success", "words", at);
    expect(shown(repo)).toEqual([["success", "words"]]);
    expect(shown(fork)).toEqual([]);
  });

  it("is not refused by the fork again and again", async () => {
    world.addRepo("gitlab", fork, { isPrivate: true });
    await set("pending", "words", at);
    const before = world.requests.length;
    await set("running", "words", at);
    expect(world.requests.slice(before).some(({ path }) => path.includes("jane"))).toBe(false);
  });

  it("on a commit of two has a status each: two forks, two branches, two targets' contexts", async () => {
    world.addRepo("gitlab", "joe/nano", { access: { bridge: "write" } });
    world.addCommit("gitlab", "joe/nano", SHA, "f42");
    await set("pending", "jane's", at);
    await set("running", "joe's", { ...at, fork: "joe/nano" });
    expect([shown(fork), shown("joe/nano")]).toEqual([[["pending", "jane's"]], [["running", "joe's"]]]);
    await set("pending", "one", { ...place, ref: "one" });
    await set("success", "two", { ...place, ref: "two" });
    await forge.setStatus({ ...place, ref: "two" }, status({ context: "koji/c9s" }));
    expect(world.statuses("gitlab", repo, SHA).map(({ ref, context, state }) => [ref, context, state])).toEqual([
      ["one", "koji/f42", "pending"],
      ["two", "koji/f42", "success"],
      ["two", "koji/c9s", "pending"],
    ]);
  });

  it("is forbidden when neither takes it", async () => {
    for (const path of [repo, fork]) world.addRepo("gitlab", path, { isPrivate: true });
    expect(await set("pending", "words", at)).toBe("forbidden");
  });

  it("waits for the fork rather than turning to the target when the fork only fails", async () => {
    world.fail({ on: /jane/, fault: { kind: "answer", status: 502 } });
    await expect(set("pending", "words", at)).rejects.toMatchObject({ kind: "transient" });
    expect(shown(repo)).toEqual([]);
  });
});
