import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Forge, StatusPlace } from "../../src/ports/forge.ts";
import { secondaryRateLimit } from "../../src/simulator/forge/faults.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createGitHub, MARKER, SHA, status } from "./forges.ts";

const repo = "rpms/nano";
const place: StatusPlace = { repo, sha: SHA, ref: "f42", fork: null };
let world: ForgeWorld;
let forge: Forge;

beforeAll(async () => {
  world = await createForgeWorld();
  world.addUser("bridge", { token: "good" });
  world.addUser("kojibridge[bot]", { token: "app", isBot: true });
});
afterAll(() => world.close());
beforeEach(() => {
  world.heal();
  world.addRepo("github", repo, { access: { bridge: "write", "kojibridge[bot]": "write" } });
  world.addCommit("github", repo, SHA, "f42");
  world.addMergeRequest("github", repo, 4);
  forge = createGitHub(world, "good");
});

const description = () => world.statuses("github", repo, SHA)[0]?.description;

describe("GitHub's statuses", () => {
  it.each([
    ["by the host", "Canceled: by the host"],
    ["canceled on the hub", "canceled on the hub"],
  ])("canceled is an error whose words say so (%s)", async (words, expected) => {
    await forge.setStatus(place, status({ state: "canceled", description: words }));
    expect(description()).toBe(expected);
  });

  it("cannot hold an emoji", async () => {
    await forge.setStatus(place, status({ description: "🐛 fixed ✓" }));
    expect(description()).toBe("\ufffd fixed ✓");
  });

  it("ignore the case of a context", async () => {
    await forge.setStatus(place, status({ context: "Koji/F42" }));
    expect(await forge.setStatus(place, status({ context: "koji/f42" }))).toBe("unchanged");
  });

  it("end at a thousand, and that is said", async () => {
    for (let i = 0; i < 1000; i++) {
      const init = {
        method: "POST",
        headers: { authorization: "Bearer good" },
        body: JSON.stringify({ state: "pending", context: "koji/f42" }),
      };
      await fetch(`${world.gitHubUrl}/repos/${repo}/statuses/${SHA}`, init);
    }
    const full = forge.setStatus(place, status({ state: "success" }));
    await expect(full).rejects.toMatchObject({
      kind: "rejected",
      message: expect.stringContaining("maximum number of statuses"),
    });
  });

  it("need a commit that is there", async () => {
    const gone = forge.setStatus({ ...place, sha: "f".repeat(40) }, status({}));
    await expect(gone).rejects.toMatchObject({ kind: "rejected", code: "github.422" });
  });

  it("of a fork's commit are kept in the target repo", async () => {
    expect(await forge.setStatus({ ...place, fork: "jane/nano" }, status({}))).toBe("set");
    expect(world.requests.some(({ path }) => path.includes("jane"))).toBe(false);
  });
});

describe("GitHub's limits", () => {
  const now = Date.now();
  const at = () => createGitHub(world, "good", { now: () => now }).setStatus(place, status({}));
  const reset = Math.floor(now / 1000) + 1200;

  it.each([
    ["403 with Retry-After", secondaryRateLimit(90), now + 90_000],
    ["429 with Retry-After", secondaryRateLimit(90, 429), now + 90_000],
    ["403 that only says so", secondaryRateLimit(null), now + 60_000],
    [
      "403 with nothing left of the hour",
      {
        kind: "answer",
        status: 403,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) },
        body: {},
      },
      (reset + 1) * 1000,
    ],
    ["429 without a word", { kind: "answer", status: 429, body: {} }, now + 60_000],
    [
      "429 with a Retry-After of years",
      { kind: "answer", status: 429, headers: { "retry-after": "999999999" }, body: {} },
      now + 86_400_000,
    ],
  ] as const)("%s: throttled until then", async (_name, fault, retryAt) => {
    world.fail({ fault });
    await expect(at()).rejects.toMatchObject({ kind: "throttled", retryAt });
  });

  it("403 without any of it is a refusal", async () => {
    const headers = { "x-ratelimit-remaining": "4999" };
    world.fail({
      fault: { kind: "answer", status: 403, headers, body: { message: "Resource not accessible by integration" } },
    });
    expect(await at()).toBe("forbidden");
  });
});

describe("a GitHub App", () => {
  it("has no login, and knows its comments by being no human", async () => {
    const app = createGitHub(world, "app");
    expect(await app.whoami()).toBeNull();
    world.addComment("github", repo, 4, "bridge", `${MARKER}\na person`);
    await app.setComment({ repo, mr: 4 }, MARKER, "one", null);
    await app.setComment({ repo, mr: 4 }, MARKER, "two", null);
    expect(world.comments("github", repo, 4).map(({ body }) => body)).toEqual([
      `${MARKER}\na person`,
      `${MARKER}\ntwo`,
    ]);
  });
});
