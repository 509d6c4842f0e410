import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ForgeEvent, MergeRequestEvent, PushEvent, Repo } from "../../src/domain/event.ts";
import type { Forge, Ref } from "../../src/ports/forge.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createForgejo, createGitHub, createGitLab, shaOf } from "./forges.ts";

const forges = [
  { dialect: "github", create: createGitHub },
  { dialect: "gitlab", create: createGitLab },
  { dialect: "forgejo", create: createForgejo },
] as const;

const [BASE, MIDDLE, HEAD, OTHER, FORK] = ["base", "middle", "head", "other", "fork"].map(shaOf) as [
  string,
  string,
  string,
  string,
  string,
];

describe.each(forges)("what a $dialect forge knows", ({ dialect, create }) => {
  let world: ForgeWorld;
  let forge: Forge;
  let people: Record<string, number>;
  const path = "rpms/nano";
  const fork = "jane/nano";

  beforeAll(async () => {
    world = await createForgeWorld();
    for (const login of ["bridge", "writer", "reader", "owner", "jane"]) world.addUser(login, { token: login });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.heal();
    const access = { bridge: "admin", writer: "write", reader: "read", owner: "admin" } as const;
    world.addRepo(dialect, path, { id: 7, access, isPrivate: true });
    world.addRepo(dialect, fork, { id: 8, access: { bridge: "read", jane: "admin" } });
    const commit = (sha: string, parents: string[], files: object, branch?: string) =>
      world.commit(dialect, path, { sha, parents, files: { ...files }, ...(branch ? { branch } : {}) });
    commit(BASE, [], { "nano.spec": "1", "old.patch": "same", ".kojibridge.yaml": "ü: 1\n", "dir/a": "x" }, "f42");
    commit(MIDDLE, [BASE], { "nano.spec": "2" });
    commit(HEAD, [MIDDLE], { "docs/readme": "new", "old.patch": null, "new.patch": "same" }, "fix/#1");
    commit(OTHER, [BASE], { "other.spec": "1" }, "other");
    commit(FORK, [BASE], { "packages/foo/foo.spec": "1" });
    forge = create(world, "bridge");
    people = Object.fromEntries(["bridge", "writer", "reader", "owner", "jane"].map((login) => [login, idOf(login)]));
  });

  /** Of an account of the world, as its comments tell it. */
  function idOf(login: string): number {
    world.addMergeRequest(dialect, path, 99);
    return world.addComment(dialect, path, 99, login, "x").by.id;
  }

  const repoOf = (path: string, id: number): Repo => ({
    path,
    id,
    webUrl: `https://${dialect}.example.org/${path}`,
    cloneUrl: `https://${dialect}.example.org/${path}.git`,
  });
  const base = { forge: "the-forge", repo: repoOf(path, 7), author: "jane", text: "" };
  const push = (over: Partial<PushEvent> = {}): ForgeEvent => ({
    ...{ kind: "push", ...base, branch: "fix/#1", sha: HEAD, before: BASE, changed: null },
    ...over,
  });
  const mr = (over: Partial<MergeRequestEvent> = {}): MergeRequestEvent => ({
    ...{ kind: "merge_request", ...base, mr: 4, action: "updated", title: "a change", text: "a change" },
    ...{ branch: "f42", sourceBranch: "change", sha: FORK, draft: false, labels: [], fork: true },
    ...{ source: repoOf(fork, 8), opener: { id: people.jane ?? 0, login: "jane" } },
    webUrl: expect.stringMatching(/rpms\/nano\/.*4$/),
    ...over,
  });
  const open = (pull = {}) =>
    world.addMergeRequest(dialect, path, 4, { by: "jane", branch: "f42", sha: FORK, source: fork, ...pull });
  const sorted = async (paths: Promise<readonly string[] | null>) => (await paths)?.toSorted() ?? null;

  describe("the paths that changed", () => {
    const changed = ["docs/readme", "nano.spec", "new.patch", "old.patch"];

    it("of a push, with both names of what was renamed", async () => {
      expect(await sorted(forge.changedPaths(push()))).toEqual(changed);
    });

    it("are the payload's where it has them all", async () => {
      const before = world.requests.length;
      expect(await forge.changedPaths(push({ changed: ["a"] }))).toEqual(["a"]);
      expect(world.requests.length).toBe(before);
    });

    it("of a push that changed nothing are none", async () => {
      world.commit(dialect, path, { sha: shaOf("empty"), parents: [HEAD] });
      expect(await forge.changedPaths(push({ before: HEAD, sha: shaOf("empty") }))).toEqual([]);
    });

    it("of a new branch are not known", async () => {
      expect(await forge.changedPaths(push({ before: null }))).toBeNull();
    });

    it("of a tag are not known", async () => {
      expect(await forge.changedPaths({ kind: "tag", ...base, tag: "v1", sha: HEAD })).toBeNull();
    });

    it("of a forced push are not known, or are what is different", async () => {
      const found = await sorted(forge.changedPaths(push({ before: OTHER, sha: MIDDLE })));
      expect(found).toEqual(dialect === "gitlab" ? ["nano.spec", "other.spec"] : null);
    });

    it("from a commit that is gone are not known", async () => {
      expect(await forge.changedPaths(push({ before: shaOf("gone") }))).toBeNull();
    });

    it("of a merge request are those since it left its target", async () => {
      open();
      world.commit(dialect, path, { sha: shaOf("moved on"), parents: [BASE], files: { "x.spec": "9" }, branch: "f42" });
      expect(await forge.changedPaths(mr())).toEqual(["packages/foo/foo.spec"]);
    });

    it("of a merge request are found on all pages", async () => {
      const many = Array.from({ length: 250 }, (_, i) => `f${i}`);
      const files = Object.fromEntries(many.map((name) => [name, name]));
      world.commit(dialect, path, { sha: FORK, parents: [BASE], files });
      open();
      expect(await sorted(forge.changedPaths(mr()))).toEqual(many.toSorted());
    });

    it("are not known when the forge cuts the list", async () => {
      const many = Array.from({ length: 3001 }, (_, i) => [`f${i}`, `${i}`]);
      world.commit(dialect, path, { sha: FORK, parents: [BASE], files: Object.fromEntries(many) });
      open();
      const found = await forge.changedPaths(mr());
      // Forgejo has no such limit.
      expect(found?.length ?? null).toBe(dialect === "forgejo" ? 3001 : null);
      const pushed = await forge.changedPaths(push({ sha: FORK }));
      expect(pushed?.length ?? null).toBe(dialect === "forgejo" ? 3001 : null);
    });

    it("of a merge request that is not there are an error", async () => {
      await expect(forge.changedPaths(mr({ mr: 77 }))).rejects.toMatchObject({ kind: "rejected" });
    });
  });

  describe("a file", () => {
    it.each([
      ["a branch", "f42"],
      ["a commit", HEAD],
    ])("at %s", async (_name, at) => {
      expect(await forge.file(path, at, ".kojibridge.yaml")).toBe("ü: 1\n");
    });

    it("in a folder", async () => {
      expect(await forge.file(path, HEAD, "dir/a")).toBe("x");
    });

    it("that is empty", async () => {
      world.commit(dialect, path, { sha: HEAD, parents: [BASE], files: { none: "" } });
      expect(await forge.file(path, HEAD, "none")).toBe("");
    });

    it.each([
      ["no such file", HEAD, "nothing.yaml"],
      ["no such commit", shaOf("gone"), ".kojibridge.yaml"],
    ])("is null: %s", async (_name, at, name) => {
      expect(await forge.file(path, at, name)).toBeNull();
    });

    it("may be a mebibyte and no more", async () => {
      const files = { most: "x".repeat(1024 * 1024), more: "x".repeat(1024 * 1024 + 1), much: "x".repeat(11_000_000) };
      world.commit(dialect, path, { sha: HEAD, parents: [BASE], files });
      expect((await forge.file(path, HEAD, "most"))?.length).toBe(1024 * 1024);
      for (const name of ["more", "much"])
        await expect(forge.file(path, HEAD, name)).rejects.toMatchObject({
          kind: "invalid",
          message: expect.stringContaining("1 MiB"),
        });
    });

    it("is text", async () => {
      world.commit(dialect, path, { sha: HEAD, parents: [BASE], files: { logo: Buffer.from([0xff, 0xfe, 0]) } });
      await expect(forge.file(path, HEAD, "logo")).rejects.toMatchObject({ kind: "invalid" });
    });

    it("is no directory", async () => {
      // GitLab knows files only, and no directory is one.
      const found = forge.file(path, HEAD, "dir").catch((error) => error.kind);
      expect(await found).toBe(dialect === "gitlab" ? null : "invalid");
    });

    it("is in the repo", async () => {
      for (const name of ["../../secret", "a/../b", "/etc/passwd", "", ".", "a//b"])
        await expect(forge.file(path, HEAD, name)).rejects.toMatchObject({ kind: "invalid" });
    });
  });

  describe("a person's role", () => {
    const role = (login: string, id = people[login] ?? 0) => forge.role(path, { id, login });

    it.each([
      ["owner", "admin"],
      ["writer", "write"],
      ["reader", "read"],
      ["jane", "none"],
    ])("of %s is %s", async (login, expected) => {
      expect(await role(login)).toBe(expected);
    });

    it("is none for an account that is not there", async () => {
      expect(await forge.role(path, { id: 123_456, login: "nobody" })).toBe("none");
    });

    it("is that of the person, whoever has the login now", async () => {
      expect(await role("owner", people.jane)).toBe("none");
    });

    it("is known by the id alone", async () => {
      const found = await forge.role(path, { id: people.writer ?? 0, login: null });
      // Forgejo always tells the login.
      expect(found).toBe(dialect === "forgejo" ? "none" : "write");
    });

    it("cannot be asked with too little access, and it says so", async () => {
      if (dialect === "gitlab") return;
      const asked = create(world, "reader").role(path, { id: people.owner ?? 0, login: "owner" });
      await expect(asked).rejects.toMatchObject({ kind: "rejected", code: `${dialect}.403` });
    });

    it("in a repo we may not see is nobody's; GitLab says what it did not find", async () => {
      const asked = create(world, "jane").role(path, { id: people.owner ?? 0, login: "owner" });
      expect(await asked.catch((error) => error.kind)).toBe(dialect === "gitlab" ? "rejected" : "none");
    });
  });

  describe("a ref", () => {
    const branch: Ref = { kind: "branch", name: "f42" };
    const tag: Ref = { kind: "tag", name: "v1" };

    it("is at its commit, and not protected unless it is", async () => {
      world.commit(dialect, path, { sha: BASE, tag: "v1" });
      for (const ref of [branch, tag]) expect(await forge.ref(path, ref)).toEqual({ sha: BASE, protected: false });
    });

    it("an annotated tag is at the commit it names", async () => {
      world.annotatedTag(dialect, path, "v1", HEAD, shaOf("object"));
      expect(await forge.ref(path, tag)).toEqual({ sha: HEAD, protected: false });
    });

    it.each([
      ["by its name", "f42", "v1"],
      ["by a pattern", "f*", "v*"],
    ])("is protected %s", async (_name, branches, tags) => {
      world.commit(dialect, path, { sha: BASE, tag: "v1" });
      world.protect(dialect, path, { kind: "branch", name: branches });
      world.protect(dialect, path, { kind: "tag", name: tags });
      for (const ref of [branch, tag]) expect(await forge.ref(path, ref)).toMatchObject({ protected: true });
    });

    it("is not protected by what protects others", async () => {
      world.commit(dialect, path, { sha: BASE, tag: "v1" });
      world.protect(dialect, path, { kind: "branch", name: "main" });
      world.protect(dialect, path, { kind: "branch", name: "v1" });
      world.protect(dialect, path, { kind: "tag", name: "f42" });
      for (const ref of [branch, tag]) expect(await forge.ref(path, ref)).toMatchObject({ protected: false });
    });

    it("is not protected by a rule that keeps nobody who may push", async () => {
      world.protect(dialect, path, branch, { open: "all", ruleset: dialect === "github" });
      expect(await forge.ref(path, branch)).toMatchObject({ protected: false });
      if (dialect !== "github") return;
      world.commit(dialect, path, { sha: BASE, tag: "v1" });
      world.protect(dialect, path, tag, { open: "all" });
      expect(await forge.ref(path, tag)).toMatchObject({ protected: false });
    });

    it("is null where there is none", async () => {
      for (const kind of ["branch", "tag"] as const) expect(await forge.ref(path, { kind, name: "none" })).toBeNull();
      expect(await forge.ref(path, { kind: "tag", name: "f42" })).toBeNull();
    });

    it("may have any name git allows", async () => {
      expect(await forge.ref(path, { kind: "branch", name: "fix/#1" })).toMatchObject({ sha: HEAD });
      await expect(forge.ref(path, { kind: "branch", name: ".." })).rejects.toMatchObject({ kind: "invalid" });
    });
  });

  describe("a branch", () => {
    it.each([
      ["its head", HEAD, true],
      ["what came before", BASE, true],
      ["not what came elsewhere", OTHER, false],
      ["not a fork's commit", FORK, false],
      ["not what nobody knows", shaOf("gone"), false],
    ])("contains %s", async (_name, sha, expected) => {
      expect(await forge.contains(path, "fix/#1", sha)).toBe(expected);
    });

    it("that is not there contains nothing", async () => {
      expect(await forge.contains(path, "none", BASE)).toBe(false);
    });

    it("is not the tag of its name", async () => {
      world.commit(dialect, path, { sha: OTHER, tag: "f42" });
      expect(await forge.contains(path, "f42", OTHER)).toBe(false);
      expect(await forge.ref(path, { kind: "branch", name: "f42" })).toMatchObject({ sha: BASE });
    });
  });

  describe("a merge request", () => {
    const read = () => forge.mergeRequest({ repo: path, mr: 4 });

    it("is as its webhook would tell it", async () => {
      open();
      expect(await read()).toEqual(mr());
    });

    it("of a branch of the repo has its labels and is a draft", async () => {
      open({ source: path, labels: ["a", "b"], draft: true, text: "why", sourceBranch: "fix/#1", sha: HEAD });
      const own = { fork: false, source: repoOf(path, 7), labels: ["a", "b"], draft: true, text: "a change\n\nwhy" };
      expect(await read()).toEqual(mr({ ...own, sourceBranch: "fix/#1", sha: HEAD }));
    });

    it.each(["closed", "merged"] as const)("that was %s says so", async (state) => {
      open({ state });
      expect(await read()).toMatchObject({ action: state });
    });

    it("whose fork is gone cannot be built, but it can be over", async () => {
      open({ source: null });
      expect(await read()).toBeNull();
      open({ source: null, state: "closed" });
      expect(await read()).toMatchObject({ action: "closed", fork: true });
    });

    it("that is not there is null", async () => {
      expect(await read()).toBeNull();
    });
  });

  it.each([
    ["file", () => forge.file(path, HEAD, ".kojibridge.yaml")],
    ["role", () => forge.role(path, { id: 1, login: "owner" })],
    ["ref", () => forge.ref(path, { kind: "branch", name: "f42" })],
    ["contains", () => forge.contains(path, "f42", HEAD)],
    ["changedPaths", () => forge.changedPaths(push())],
    ["mergeRequest", () => forge.mergeRequest({ repo: path, mr: 4 })],
  ])("a forge that fails is no answer to %s", async (_name, ask) => {
    world.fail({ times: 9, fault: { kind: "answer", status: 502 } });
    await expect(ask()).rejects.toMatchObject({ kind: "transient" });
    world.heal();
    world.fail({ times: 9, fault: { kind: "answer", status: 403, body: { message: "no" } } });
    await expect(ask()).rejects.toMatchObject({ kind: "rejected" });
  });
});
