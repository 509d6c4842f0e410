import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CommitState } from "../../src/domain/report.ts";
import type { Forge, MergeRequestPlace, StatusPlace } from "../../src/ports/forge.ts";
import { gitLabRateLimit, secondaryRateLimit } from "../../src/simulator/forge/faults.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createForgejo, createGitHub, createGitLab, MARKER, SHA, status } from "./forges.ts";

const forges = [
  {
    dialect: "github",
    create: createGitHub,
    states: { running: "pending", failure: "failure", error: "error", canceled: "error" },
  },
  {
    dialect: "gitlab",
    create: createGitLab,
    states: { running: "running", failure: "failed", error: "failed", canceled: "canceled" },
  },
  {
    dialect: "forgejo",
    create: createForgejo,
    states: { running: "pending", failure: "failure", error: "error", canceled: "error" },
  },
] as const;

const STATUSES = {
  github: "/api/v3/repos/rpms/nano/statuses/",
  gitlab: "/api/v4/projects/rpms%2Fnano/statuses/",
  forgejo: "/api/v1/repos/rpms/nano/statuses/",
};

describe.each(forges)("a $dialect forge", ({ dialect, create, states }) => {
  let world: ForgeWorld;
  let forge: Forge;
  const repo = "rpms/nano";
  const place: StatusPlace = { repo, sha: SHA, ref: "f42", fork: null };
  const mr: MergeRequestPlace = { repo, mr: 4 };

  beforeAll(async () => {
    world = await createForgeWorld();
    world.addUser("bridge", { token: "good" });
    world.addUser("stranger", { token: "stranger" });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.up();
    world.heal();
    world.addRepo(dialect, repo, { access: { bridge: "write" } });
    world.addCommit(dialect, repo, SHA, "f42");
    world.addMergeRequest(dialect, repo, 4);
    forge = create(world, "good");
  });

  const shown = () =>
    world.statuses(dialect, repo, SHA).map(({ context, state, description }) => [context, state, description]);
  const bodies = () => world.comments(dialect, repo, 4).map(({ by, body }) => [by.login, body]);
  const writes = () => world.requests.filter(({ method, answer }) => method !== "GET" && answer.status < 300).length;

  describe("whoami", () => {
    it("is the account of the token, asked once", async () => {
      const before = world.requests.length;
      expect([await forge.whoami(), await forge.whoami()]).toEqual(["bridge", "bridge"]);
      expect(world.requests.length - before).toBe(1);
    });

    it("asks an operator to act when the token is refused", async () => {
      await expect(create(world, "bad").whoami()).rejects.toMatchObject({ kind: "auth", code: `${dialect}.401` });
    });

    it("asks again after a failure", async () => {
      world.fail({ fault: { kind: "answer", status: 500 } });
      await expect(forge.whoami()).rejects.toMatchObject({ kind: "transient" });
      expect(await forge.whoami()).toBe("bridge");
    });
  });

  describe("a status", () => {
    it.each(["pending", "running", "success", "failure", "error", "canceled"] as const)(
      "%s is shown in the forge's words",
      async (state) => {
        expect(await forge.setStatus(place, status({ state, description: `it is ${state}` }))).toBe("set");
        const word = state in states ? states[state as keyof typeof states] : state;
        expect(shown()).toEqual([["koji/f42", word, expect.stringContaining(`it is ${state}`)]]);
      },
    );

    it("carries the link, and is none where there is none", async () => {
      await forge.setStatus(place, status({ targetUrl: "https://koji.example.org/taskinfo?taskID=1&x=ü" }));
      await forge.setStatus(place, status({ context: "other", targetUrl: null }));
      expect(world.statuses(dialect, repo, SHA).map(({ targetUrl }) => targetUrl)).toEqual([
        "https://koji.example.org/taskinfo?taskID=1&x=ü",
        null,
      ]);
    });

    it("is written once however often it is said", async () => {
      await forge.setStatus(place, status({}));
      const before = writes();
      expect(await forge.setStatus(place, status({}))).toBe("unchanged");
      expect(await create(world, "good").setStatus(place, status({}))).toBe("unchanged");
      expect(writes()).toBe(before);
    });

    it("goes its whole way, and again after its end", async () => {
      const way: CommitState[] = ["pending", "running", "failure", "pending", "running", "success"];
      for (const [i, state] of way.entries()) {
        expect(await forge.setStatus(place, status({ state, description: `${i}` }))).toBe("set");
      }
      expect(shown()).toEqual([["koji/f42", "success", "5"]]);
    });

    it("can be final at once, and be corrected", async () => {
      await forge.setStatus(place, status({ state: "failure" }));
      expect(await forge.setStatus(place, status({ state: "success" }))).toBe("set");
      expect(await forge.setStatus(place, status({ state: "success", description: "other words" }))).toBe("set");
      expect(shown()).toEqual([["koji/f42", "success", "other words"]]);
    });

    it.each(["pending", "running", "success"] as const)("%s costs one read when it is so already", async (state) => {
      await forge.setStatus(place, status({ state }));
      const before = world.requests.length;
      expect(await forge.setStatus(place, status({ state }))).toBe("unchanged");
      expect(world.requests.length - before).toBe(1);
    });

    it.each(["pending", "running", "success", "failure", "skipped"] as const)(
      "%s is repaired after somebody else wrote another, or deleted it",
      async (state) => {
        world.addRepo(dialect, repo, { access: { bridge: "write", stranger: "write" } });
        world.addCommit(dialect, repo, SHA, "f42");
        await forge.setStatus(place, status({ state }));
        await create(world, "stranger").setStatus(place, status({ state: "failure", description: "haha" }));
        expect(await forge.setStatus(place, status({ state }))).toBe("set");
        expect(shown().filter(([, , description]) => description?.includes("haha"))).toEqual([]);
        expect(await forge.setStatus(place, status({ state }))).toBe("unchanged");
        world.addRepo(dialect, repo, { access: { bridge: "write" } });
        world.addCommit(dialect, repo, SHA, "f42");
        expect(await forge.setStatus(place, status({ state }))).toBe("set");
        expect(shown()).toHaveLength(1);
      },
    );

    it("skipped is no failure, and its words say what it is", async () => {
      await forge.setStatus(place, status({ state: "skipped", description: "no spec file changed" }));
      expect(shown()).toEqual([["koji/f42", "success", "Skipped: no spec file changed"]]);
    });

    it("keeps contexts apart", async () => {
      await forge.setStatus(place, status({ context: "koji/f42" }));
      await forge.setStatus(place, status({ context: "koji/f41", state: "success" }));
      expect(shown().map(([context, state]) => [context, state])).toEqual([
        ["koji/f42", "pending"],
        ["koji/f41", "success"],
      ]);
    });

    it("is found among hundreds", async () => {
      for (let i = 0; i < 130; i++) await forge.setStatus(place, status({ context: `koji/${i}` }));
      const before = writes();
      expect(await forge.setStatus(place, status({ context: "koji/129" }))).toBe("unchanged");
      expect(writes()).toBe(before);
    });

    it("is cut by characters to what the forge takes", async () => {
      await forge.setStatus(place, status({ description: "é".repeat(400) }));
      const [[, , description]] = shown() as [[string, string, string]];
      expect([...description].length).toBe(dialect === "github" ? 140 : 255);
      expect(description.endsWith("é…")).toBe(true);
    });

    it("takes words that are hard to write", async () => {
      const context = 'koji/f42 "<b>" %2F/../ü';
      expect(await forge.setStatus(place, status({ context, description: "🐛 \u202e <b>" }))).toBe("set");
      expect(await forge.setStatus(place, status({ context, description: "🐛 \u202e <b>" }))).toBe("unchanged");
      expect(shown()[0]?.[0]).toBe(context);
    });

    it.each([
      ["may only read", { bridge: "read" }, false],
      ["may not see", { bridge: "none" }, true],
    ] as const)("is forbidden where the token %s", async (_name, access, isPrivate) => {
      world.addRepo(dialect, repo, { access, isPrivate });
      world.addCommit(dialect, repo, SHA, "f42");
      expect(await forge.setStatus(place, status({}))).toBe("forbidden");
    });

    it("never gets to another repo by its name", async () => {
      for (const path of ["../rpms/nano", "rpms/..", "rpms/nano/../nano", "nano", "rpms/./nano", ""]) {
        const outcome = await forge.setStatus({ ...place, repo: path }, status({})).catch((error) => error.kind);
        expect(["forbidden", "invalid"]).toContain(outcome);
        const comment = forge.setComment({ repo: path, mr: 4 }, MARKER, "x", null).catch((error) => error.kind);
        expect(["forbidden", "invalid"]).toContain(await comment);
      }
      expect(shown()).toEqual([]);
    });
  });

  describe("a comment", () => {
    it("is created once, edited in place, and left alone when it says the same", async () => {
      const first = await forge.setComment(mr, MARKER, `${MARKER}\none`, null);
      const id = first === "forbidden" ? "" : first.id;
      expect(first).toEqual({ id: String(world.comments(dialect, repo, 4)[0]?.id), outcome: "set" });
      expect(await forge.setComment(mr, MARKER, `${MARKER}\none`, id)).toEqual({ id, outcome: "unchanged" });
      expect(await forge.setComment(mr, MARKER, `${MARKER}\ntwo`, id)).toEqual({ id, outcome: "set" });
      expect(await forge.setComment(mr, MARKER, `${MARKER}\ntwo\r\n`, null)).toEqual({ id, outcome: "unchanged" });
      expect(bodies()).toEqual([["bridge", `${MARKER}\ntwo`]]);
    });

    it("gets its marker when the body lacks it", async () => {
      await forge.setComment(mr, MARKER, "one", null);
      await forge.setComment(mr, MARKER, "two", null);
      expect(bodies()).toEqual([["bridge", `${MARKER}\ntwo`]]);
    });

    it("is cut to what the forge takes", async () => {
      const long = "é".repeat(1_200_000);
      expect(await forge.setComment(mr, MARKER, long, null)).toMatchObject({ outcome: "set" });
      expect(await forge.setComment(mr, MARKER, long, null)).toMatchObject({ outcome: "unchanged" });
      expect(world.comments(dialect, repo, 4)[0]?.body.endsWith("é…")).toBe(true);
    });

    it("is found again behind hundreds of others", async () => {
      for (let i = 0; i < 250; i++) world.addComment(dialect, repo, 4, "stranger", `me too ${i}`);
      await forge.setComment(mr, MARKER, "one", null);
      expect(await forge.setComment(mr, MARKER, "two", null)).toMatchObject({ outcome: "set" });
      expect(bodies().filter(([login]) => login === "bridge")).toEqual([["bridge", `${MARKER}\ntwo`]]);
    });

    it("is never one that a stranger gave the marker", async () => {
      world.addComment(dialect, repo, 4, "stranger", `${MARKER}\nhaha`);
      await forge.setComment(mr, MARKER, "one", null);
      expect(bodies()).toEqual([
        ["stranger", `${MARKER}\nhaha`],
        ["bridge", `${MARKER}\none`],
      ]);
    });

    it("is not a reply of ours that quotes it, nor one of another marker", async () => {
      world.addComment(dialect, repo, 4, "bridge", `> ${MARKER}\n> one\n\nthanks`);
      world.addComment(dialect, repo, 4, "bridge", "<!-- kojibridge:other -->\none");
      await forge.setComment(mr, MARKER, "one", null);
      expect(bodies()).toHaveLength(3);
    });

    it("is one again when there are several", async () => {
      const [a, b, c] = [1, 2, 3].map((n) => world.addComment(dialect, repo, 4, "bridge", `${MARKER}\n${n}`));
      expect(await forge.setComment(mr, MARKER, `${MARKER}\nx`, String(b?.id))).toEqual({
        id: String(b?.id),
        outcome: "set",
      });
      expect(bodies()).toEqual([["bridge", `${MARKER}\nx`]]);
      expect([a, c].every(Boolean)).toBe(true);
    });

    it("is written anew after somebody deleted it", async () => {
      const first = await forge.setComment(mr, MARKER, "one", null);
      world.addMergeRequest(dialect, repo, 4);
      const again = await forge.setComment(mr, MARKER, "one", first === "forbidden" ? null : first.id);
      expect(again).toMatchObject({ outcome: "set" });
      expect(bodies()).toHaveLength(1);
    });

    it("is written anew when it disappears between our reading and our writing", async () => {
      await forge.setComment(mr, MARKER, "one", null);
      world.fail({ on: /^(?:PATCH|PUT) /, fault: { kind: "answer", status: 404, body: { message: "Not Found" } } });
      expect(await forge.setComment(mr, MARKER, "two", null)).toMatchObject({ outcome: "set" });
      expect(bodies().at(-1)).toEqual(["bridge", `${MARKER}\ntwo`]);
    });

    it("is forbidden where the token may not see the repo", async () => {
      world.addRepo(dialect, repo, { isPrivate: true });
      world.addMergeRequest(dialect, repo, 4);
      expect(await forge.setComment(mr, MARKER, "one", null)).toBe("forbidden");
    });

    it("found after a lost answer is not written twice", async () => {
      world.fail({ on: /^POST /, fault: { kind: "drop" } });
      await expect(forge.setComment(mr, MARKER, "one", null)).rejects.toMatchObject({ kind: "ambiguous" });
      expect(await forge.setComment(mr, MARKER, "one", null)).toMatchObject({ outcome: "unchanged" });
      expect(bodies()).toHaveLength(1);
    });

    it("may have been written when a proxy answers for the forge", async () => {
      world.fail({ on: /^POST /, fault: { kind: "answer-after", status: 502 } });
      await expect(forge.setComment(mr, MARKER, "one", null)).rejects.toMatchObject({
        kind: "ambiguous",
        code: `${dialect}.502`,
      });
      expect(await forge.setComment(mr, MARKER, "one", null)).toMatchObject({ outcome: "unchanged" });
      expect(bodies()).toHaveLength(1);
    });
  });

  describe("trouble", () => {
    const setStatus = () => forge.setStatus(place, status({}));
    const limit = dialect === "github" ? secondaryRateLimit(30) : gitLabRateLimit(30);

    it("down: try again, and it works when it is back", async () => {
      await world.down();
      // The first finds a connection that was open; then there is none.
      await expect(setStatus()).rejects.toMatchObject({ kind: "transient" });
      await expect(setStatus()).rejects.toMatchObject({ kind: "transient", code: `${dialect}.unsent` });
      await expect(forge.setComment(mr, MARKER, "x", null)).rejects.toMatchObject({ kind: "transient" });
      await world.up();
      expect(await setStatus()).toBe("set");
    });

    it.each([500, 502, 503, 504])("%d: try again", async (code) => {
      world.fail({ fault: { kind: "answer", status: code } });
      await expect(setStatus()).rejects.toMatchObject({ kind: "transient" });
      expect(await setStatus()).toBe("set");
    });

    it("a status whose answer was lost is unchanged the next time", async () => {
      await forge.whoami();
      world.fail({ on: /^POST /, fault: { kind: "drop" } });
      await expect(setStatus()).rejects.toMatchObject({ kind: "transient", code: `${dialect}.unanswered` });
      expect(await setStatus()).toBe("unchanged");
    });

    it("a page in place of an answer is no success", async () => {
      world.fail({ on: /^POST /, fault: { kind: "answer-after", status: 200 } });
      await expect(setStatus()).rejects.toMatchObject({ kind: "transient", code: `${dialect}.unanswered` });
    });

    it("no answer in time", async () => {
      forge = create(world, "good", { timeoutMs: 60 });
      await forge.whoami();
      world.fail({ fault: { kind: "delay", ms: 90 } });
      await expect(setStatus()).rejects.toMatchObject({
        kind: "transient",
        message: expect.stringContaining("no answer in time"),
      });
    });

    it("too often: says when to come back, and keeps away until then", async () => {
      let now = Date.now();
      forge = create(world, "good", { now: () => now });
      world.fail({ fault: limit });
      await expect(setStatus()).rejects.toMatchObject({ kind: "throttled", retryAt: now + 30_000 });
      const before = world.requests.length;
      now += 29_000;
      await expect(setStatus()).rejects.toMatchObject({ kind: "throttled", retryAt: now + 1000 });
      expect(world.requests.length).toBe(before);
      now += 1000;
      expect(await setStatus()).toBe("set");
    });

    it("a token that is no longer good", async () => {
      await expect(create(world, "bad").setStatus(place, status({}))).rejects.toMatchObject({ kind: "auth" });
    });

    it("a rotated token is used at once", async () => {
      let token = "old";
      const rotating = create(world, () => token);
      await expect(rotating.setStatus(place, status({}))).rejects.toMatchObject({ kind: "auth" });
      token = "good";
      expect(await rotating.setStatus(place, status({}))).toBe("set");
    });

    it.each(["tok-s3cret", "tok-s3cret\nwith a line break"])("the token is in no error (%j)", async (token) => {
      const failing = create(world, token);
      await world.down();
      const errors = [await failing.setStatus(place, status({})).catch((e) => e)];
      await world.up();
      errors.push(await failing.setStatus(place, status({})).catch((e) => e));
      world.fail({ fault: { kind: "drop" } });
      errors.push(await failing.setComment(mr, MARKER, "x", null).catch((e) => e));
      for (const error of errors) {
        const everything = (e: unknown): string =>
          e instanceof Error
            ? `${e.stack} ${JSON.stringify({ ...e })} ${everything(e.cause)}`
            : (JSON.stringify(e) ?? "");
        expect(error).toBeInstanceOf(Error);
        expect(everything(error)).not.toContain("s3cret");
      }
    });

    it("a moved repo is followed without losing the write", async () => {
      const to = STATUSES[dialect];
      const from = to.replace("rpms", "old");
      world.addRepo(dialect, "old/nano", { access: { bridge: "write" } });
      world.addCommit(dialect, "old/nano", SHA, "f42");
      world.fail({
        on: new RegExp(`^POST ${from}`),
        fault: { kind: "answer", status: 307, headers: { location: `${to}${SHA}` }, body: {} },
      });
      expect(await forge.setStatus({ ...place, repo: "old/nano" }, status({}))).toBe("set");
      expect(shown()).toHaveLength(1);
    });

    it("a redirect to another host gets nothing", async () => {
      const other = await createForgeWorld();
      world.fail({
        times: 9,
        fault: { kind: "answer", status: 307, headers: { location: `${other.url}/user` }, body: {} },
      });
      await expect(setStatus()).rejects.toMatchObject({ kind: "rejected", code: `${dialect}.307` });
      expect(other.requests).toEqual([]);
      await other.close();
    });
  });
});
