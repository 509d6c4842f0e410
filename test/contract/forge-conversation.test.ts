import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CommentPlace, Forge } from "../../src/ports/forge.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createForgejo, createGitHub, createGitLab, SHA } from "./forges.ts";

const forges = [
  { dialect: "github", create: createGitHub },
  { dialect: "gitlab", create: createGitLab },
  { dialect: "forgejo", create: createForgejo },
] as const;

const MARKER = "<!-- kojibridge:reply:1 -->";

describe.each(forges)("talking on a $dialect forge", ({ dialect, create }) => {
  let world: ForgeWorld;
  let forge: Forge;
  let onMr: CommentPlace;
  let onCommit: CommentPlace;
  const repo = "rpms/nano";

  beforeAll(async () => {
    world = await createForgeWorld();
    for (const login of ["bridge", "jane"]) world.addUser(login, { token: login });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.heal();
    world.addRepo(dialect, repo, { access: { bridge: "write" } });
    world.addCommit(dialect, repo, SHA, "f42");
    world.addMergeRequest(dialect, repo, 4);
    const comment = String(world.addComment(dialect, repo, 4, "jane", "/koji build").id);
    onMr = { repo, mr: 4, sha: null, comment };
    const other = String(world.addCommitComment(dialect, repo, SHA, "jane", "/koji build").id);
    onCommit = { repo, mr: null, sha: SHA, comment: other };
    forge = create(world, "bridge");
  });

  const bodies = () => world.comments(dialect, repo, 4).map(({ by, body }) => [by.login, body]);
  const commitBodies = () => world.commitComments(dialect, repo, SHA).map(({ by, body }) => [by.login, body]);
  const reactions = () =>
    world.comments(dialect, repo, 4).flatMap((each) => each.reactions.map(({ by, name }) => [by.login, name]));

  describe("a reaction", () => {
    it.each([
      ["seen", "eyes"],
      ["refused", "confused"],
    ] as const)("%s is shown as %s, once", async (reaction, name) => {
      expect(await forge.react(onMr, reaction)).toBe("set");
      expect(await forge.react(onMr, reaction)).toBe("unchanged");
      expect(reactions()).toEqual([["bridge", name]]);
    });

    it("does not mind that somebody else reacted so", async () => {
      await create(world, "jane").react(onMr, "seen");
      expect(await forge.react(onMr, "seen")).toBe("set");
    });

    it("whose answer was lost is there the next time", async () => {
      await forge.whoami();
      world.fail({ on: /^POST /, fault: { kind: "drop" } });
      await expect(forge.react(onMr, "seen")).rejects.toMatchObject({ kind: "transient" });
      expect(await forge.react(onMr, "seen")).toBe("unchanged");
    });

    it("that somebody else was faster with is there", async () => {
      if (dialect !== "gitlab") return;
      await forge.react(onMr, "seen");
      world.fail({ on: /^GET .*award_emoji/, fault: { kind: "answer", status: 200, body: [], headers: JSON_TYPE } });
      expect(await forge.react(onMr, "seen")).toBe("unchanged");
    });

    it("to a comment on a commit is for GitHub alone", async () => {
      expect(await forge.react(onCommit, "seen")).toBe(dialect === "github" ? "set" : "forbidden");
    });

    it("to what was deleted is forbidden", async () => {
      expect(await forge.react({ ...onMr, comment: "999999" }, "seen")).toBe("forbidden");
    });
  });

  describe("a reply", () => {
    it("is written once", async () => {
      expect(await forge.reply(onMr, MARKER, "no such command")).toBe("set");
      expect(await forge.reply(onMr, MARKER, "no such command")).toBe("unchanged");
      expect(bodies()).toEqual([
        ["jane", "/koji build"],
        ["bridge", `${MARKER}\nno such command`],
      ]);
    });

    it("to another comment is another one", async () => {
      await forge.reply(onMr, MARKER, "one");
      expect(await forge.reply(onMr, MARKER.replace("1", "2"), "two")).toBe("set");
      expect(bodies()).toHaveLength(3);
    });

    it("whose answer was lost is not written twice", async () => {
      world.fail({ on: /^POST /, fault: { kind: "drop" } });
      await expect(forge.reply(onMr, MARKER, "one")).rejects.toMatchObject({ kind: "ambiguous" });
      expect(await forge.reply(onMr, MARKER, "one")).toBe("unchanged");
      expect(bodies()).toHaveLength(2);
    });

    it("to a comment on a commit stands on the commit, where there is such a thing", async () => {
      if (dialect === "forgejo") return void expect(await forge.reply(onCommit, MARKER, "one")).toBe("forbidden");
      expect(await forge.reply(onCommit, MARKER, "one")).toBe("set");
      expect(await forge.reply(onCommit, MARKER, "one")).toBe("unchanged");
      expect(await forge.reply(onCommit, MARKER, "two")).toBe("set");
      world.addCommitComment(dialect, repo, SHA, "bridge", `${MARKER}\ntwo`);
      expect(await forge.reply(onCommit, MARKER, "two")).toBe("unchanged");
      expect(commitBodies()).toEqual([
        ["jane", "/koji build"],
        ["bridge", `${MARKER}\ntwo`],
      ]);
    });

    it("is forbidden where the repo may not be seen", async () => {
      world.addRepo(dialect, repo, { isPrivate: true });
      expect(await forge.reply(onMr, MARKER, "one")).toBe("forbidden");
    });
  });
});

const JSON_TYPE = { "content-type": "application/json" };
