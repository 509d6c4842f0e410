import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createForgejoClient } from "../../src/adapters/forge/forgejo/client.ts";
import type { Forge, StatusPlace } from "../../src/ports/forge.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createForgejo, MARKER, SHA, status } from "./forges.ts";

const repo = "rpms/nano";
const place: StatusPlace = { repo, sha: SHA, ref: "f42", fork: null };
const mr = { repo, mr: 4 };
let world: ForgeWorld;
let forge: Forge;

beforeAll(async () => {
  world = await createForgeWorld();
  world.addUser("bridge", { token: "good" });
});
afterAll(() => world.close());
beforeEach(() => {
  world.heal();
  world.addRepo("forgejo", repo, { access: { bridge: "write" } });
  world.addCommit("forgejo", repo, SHA, "f42");
  world.addMergeRequest("forgejo", repo, 4);
  forge = createForgejo(world, "good");
});

const shown = () => world.statuses("forgejo", repo, SHA);

describe("Forgejo's statuses", () => {
  it.each([
    ["by the host", "Canceled: by the host"],
    ["canceled on the hub", "canceled on the hub"],
  ])("canceled is an error whose words say so (%s)", async (words, expected) => {
    await forge.setStatus(place, status({ state: "canceled", description: words }));
    expect(shown()[0]).toMatchObject({ state: "error", description: expected });
  });

  it("are read as they were written, though space around them is dropped", async () => {
    const spaced = status({
      context: " koji/f42 ",
      description: `\t${"x".repeat(253)} y`,
      targetUrl: "https://koji/1 ",
    });
    expect(await forge.setStatus(place, spaced)).toBe("set");
    expect(await forge.setStatus(place, spaced)).toBe("unchanged");
    expect(shown()).toHaveLength(1);
  });

  it("tell contexts by their case", async () => {
    await forge.setStatus(place, status({ context: "Koji/F42" }));
    expect(await forge.setStatus(place, status({ context: "koji/f42" }))).toBe("set");
  });

  it("of a fork's commit are kept in the target repo", async () => {
    expect(await forge.setStatus({ ...place, fork: "jane/nano" }, status({}))).toBe("set");
    expect(world.requests.some(({ path }) => path.includes("jane"))).toBe(false);
  });

  it("of a commit that is not there are tried again: all the forge says is 500", async () => {
    const gone = forge.setStatus({ ...place, sha: "f".repeat(40) }, status({}));
    await expect(gone).rejects.toMatchObject({ kind: "transient", code: "forgejo.500" });
  });

  describe("on several pages", () => {
    const page = (statuses: object[] | null, headers = {}) =>
      world.fail({
        on: /^GET .*status$/,
        fault: {
          kind: "answer",
          status: 200,
          headers: { "content-type": "application/json", ...headers },
          body: { statuses },
        },
      });
    const other = { context: "other", status: "success" };
    const ours = {
      context: "koji/f42",
      status: "pending",
      description: "accepted",
      target_url: "https://koji.example.org/1",
    };
    const asked = () => world.requests.filter(({ method }) => method === "GET").map(({ query }) => query.page);

    it("goes on after a short one: the instance says how many fit", async () => {
      page([other], { "x-total-count": "2" });
      page([ours], { "x-total-count": "2" });
      expect(await forge.setStatus(place, status({}))).toBe("unchanged");
      expect(asked().slice(-2)).toEqual(["1", "2"]);
    });

    it("ends where nothing more comes, if they are not counted", async () => {
      page([other]);
      page([]);
      expect(await forge.setStatus(place, status({}))).toBe("set");
      expect(asked().slice(-2)).toEqual(["1", "2"]);
    });

    it("is none where there are none", async () => {
      const before = asked().length;
      page(null);
      expect(await forge.setStatus(place, status({}))).toBe("set");
      expect(asked().length - before).toBe(1);
    });
  });
});

describe("Forgejo's scopes", () => {
  it.each([
    ["read:user", ["write:repository", "write:issue"], () => forge.whoami()],
    ["write:repository", ["read:user", "read:repository"], () => forge.setStatus(place, status({}))],
    ["write:issue", ["read:user", "read:issue"], () => forge.setComment(mr, MARKER, "x", null)],
  ])("a token without %s is for the operator", async (scope, scopes, act) => {
    world.addUser("bridge", { token: "narrow", scopes });
    forge = createForgejo(world, "narrow");
    await expect(act()).rejects.toMatchObject({ kind: "auth", message: expect.stringContaining(`[${scope}]`) });
  });

  it("all three are enough", async () => {
    world.addUser("bridge", { token: "enough", scopes: ["read:user", "write:repository", "write:issue"] });
    forge = createForgejo(world, "enough");
    expect(await forge.setStatus(place, status({}))).toBe("set");
    expect(await forge.setComment(mr, MARKER, "x", null)).toMatchObject({ outcome: "set" });
  });
});

describe("Forgejo's comments", () => {
  it("of an archived repo are refused, and it is said", async () => {
    const message = "repo is archived";
    world.fail({ on: /^POST /, fault: { kind: "answer", status: 423, body: { message } } });
    const refused = forge.setComment(mr, MARKER, "x", null);
    await expect(refused).rejects.toMatchObject({ kind: "rejected", message: expect.stringContaining(message) });
  });
});

describe("Forgejo's address", () => {
  const create = (url: string) =>
    createForgejoClient({ forge: "forgejo", url, token: () => "good", userAgent: "kojibridge/test", timeoutMs: 5000 });

  it("may end in a slash", async () => {
    expect(await create(`${world.url}/`).whoami()).toBe("bridge");
  });

  it("may have a root of its own", async () => {
    await create(`${world.url}/forgejo`)
      .whoami()
      .catch(() => null);
    expect(world.requests.at(-1)?.path).toBe("/forgejo/api/v1/user");
  });

  it("is asked politely", async () => {
    await forge.whoami();
    expect(world.requests.at(-1)?.headers).toMatchObject({
      authorization: "token good",
      "user-agent": "kojibridge/test",
    });
  });
});
