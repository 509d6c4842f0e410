import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Build } from "../../src/domain/build.ts";
import type { ForgeEvent } from "../../src/domain/event.ts";
import type { BuildFilter, Cursor } from "../../src/ports/gallery.ts";
import type { Store } from "../../src/ports/store.ts";
import { aBuild, aDelivery, anOrder } from "./store.contract.ts";

const REPO = { path: "rpms/hello", cloneUrl: "https://x.org/h.git", webUrl: "https://x.org/h", id: 1 };

export function aPush(change: Partial<Extract<ForgeEvent, { kind: "push" }>> = {}): ForgeEvent {
  const event = { kind: "push", forge: "github", repo: REPO, author: "ada", text: "", branch: "main" } as const;
  return { ...event, sha: "a".repeat(40), before: null, changed: null, ...change };
}

const MR: ForgeEvent = {
  ...{ kind: "merge_request", forge: "github", repo: REPO, author: "bob", text: "", mr: 7, action: "opened" },
  ...{ title: "Fix <it>", branch: "f42", sourceBranch: "fix", sha: "c".repeat(40), draft: false, labels: [] },
  ...{ fork: false, source: REPO, webUrl: "https://x.org/h/7", opener: null },
};

/** Every implementation of the gallery port keeps these promises. */
export function galleryContract(name: string, open: () => Promise<Store>): void {
  describe(`gallery: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    /** One build per delivery; all at the same moment but for those that say when. */
    async function add(id: string, change: Partial<Build> = {}, event: ForgeEvent = aPush()): Promise<Build> {
      const build = aBuild({ id, delivery: `of-${id}`, ...change });
      const mr = event.kind === "merge_request" ? { repo: event.repo.path, mr: event.mr } : null;
      const delivery = aDelivery({ id: `of-${id}`, builds: [id], summary: event, receivedAt: build.createdAt });
      await store.accept(delivery, [anOrder(build, { mr, context: id })]);
      return build;
    }

    async function found(filter: BuildFilter): Promise<string[]> {
      const { items } = await store.buildPage(filter, 50, null);
      return items.map(({ build }) => build.id);
    }

    it("shows builds newest first, page by page, each once, whatever arrives meanwhile", async () => {
      for (let n = 0; n < 7; n++) await add(`b${n}`, { createdAt: 1000 + Math.floor(n / 3) });
      const seen: string[][] = [];
      let after: Cursor | null = null;
      do {
        const page = await store.buildPage({}, 3, after);
        seen.push(page.items.map(({ build }) => build.id));
        after = page.next;
        await add(`new${seen.length}`, { createdAt: 5000 });
      } while (after !== null);
      expect(seen).toEqual([["b6", "b5", "b4"], ["b3", "b2", "b1"], ["b0"]]);
    });

    it("says where a build came from: who asked for it first", async () => {
      await add("b1", {}, MR);
      await add("b2", { createdAt: 2 });
      const origin = { kind: "merge_request", author: "bob", ref: "f42", mr: 7, title: "Fix <it>" };
      expect(await store.entry("b1")).toEqual({
        build: aBuild({ delivery: "of-b1" }),
        origin: { ...origin, webUrl: "https://x.org/h/7" },
      });
      expect((await store.entry("b2"))?.origin).toMatchObject({ kind: "push", author: "ada", ref: "main", mr: null });
      expect(await store.entry("b3")).toBeNull();
    });

    it.each<[string, BuildFilter, string[]]>([
      ["repo", { repo: "rpms/nano" }, ["nano"]],
      ["forge", { forge: "work" }, ["work"]],
      ["forge and repo", { forge: "work", repo: "rpms/hello" }, ["work"]],
      ["a repo of another forge", { forge: "work", repo: "rpms/nano" }, []],
      ["hub", { hub: "cbs" }, ["cbs"]],
      ["target", { target: "c9s" }, ["cbs"]],
      ["author", { author: "bob" }, ["mr"]],
      ["phases", { phases: ["failed", "canceled"] }, ["nano"]],
      ["all at once", { repo: "rpms/nano", phases: ["queued"] }, []],
      ["only branches and tags", { branchOnly: true, hub: "fedora" }, ["work", "nano"]],
      ["since", { since: 2000 }, ["mr"]],
      ["a commit", { sha: "c".repeat(40) }, ["mr"]],
      ["the beginning of a commit", { search: "CCCC" }, ["mr"]],
      ["too little of a commit", { search: "ccc" }, []],
      ["a task", { search: " 4711 " }, ["nano"]],
      ["a build", { search: "mr" }, ["mr"]],
      ["an NVR", { search: "nano-8.1-1.fc42" }, ["nano"]],
      ["the beginning of an NVR", { search: "nano-8" }, ["nano"]],
      ["no other's beginning", { search: "nano-9" }, []],
      ["what is nowhere", { search: "' or 1=1 --" }, []],
      ["a wildcard is none", { search: "cc%" }, []],
    ])("finds by %s", async (_, filter, ids) => {
      await add("nano", { repo: "rpms/nano", phase: "failed" }).then((build) =>
        store.save(
          {
            ...build,
            task: { id: 4711, state: "FAILED", startedAt: 1, finishedAt: 2, children: [] },
            made: { buildId: 1, nvr: "nano-8.1-1.fc42", adopted: false, tagging: null },
          },
          true,
        ),
      );
      await add("work", { forge: "work" });
      await add("cbs", { createdAt: 900, request: { ...aBuild().request, hub: "cbs", target: "c9s" } });
      await add("mr", { sha: "c".repeat(40), createdAt: 2000 }, MR);
      expect(await found(filter)).toEqual(ids);
    });

    it("tells what was said about a build, and where", async () => {
      await add("b1", {}, MR);
      const status = {
        kind: "status",
        repo: "rpms/hello",
        context: "b1",
        said: null,
        outcome: null,
        owed: true,
        saidAt: null,
      };
      const comment = { kind: "comment", repo: "rpms/hello", mr: 7, outcome: null, owed: true };
      expect(await store.words("b1")).toMatchObject([status, comment]);
      const said = { context: "b1", state: "success", description: "built", targetUrl: null } as const;
      await store.saveStatus(`github rpms/hello ${"a".repeat(40)} b1`, {
        done: 1,
        tries: 0,
        wakeAt: null,
        said,
        outcome: "set",
      });
      const [word] = await store.words("b1");
      expect(word).toMatchObject({ said, outcome: "set", owed: false, saidAt: expect.any(Number) });
    });

    it("shows deliveries without their payloads, newest first, page by page", async () => {
      await add("b1", { createdAt: 1 });
      await add("b2", { createdAt: 2 }, MR);
      await store.accept(aDelivery({ id: "no", receivedAt: 3, ignored: "ping", builds: [], trace: [] }), []);
      const page = await store.deliveryPage({}, 2, null);
      expect(page.items).toEqual([
        {
          id: "no",
          forge: "github",
          repo: null,
          author: null,
          event: "push",
          receivedAt: 3,
          waiting: null,
          ignored: "ping",
          builds: [],
        },
        {
          id: "of-b2",
          forge: "github",
          repo: "rpms/hello",
          author: "bob",
          event: "push",
          receivedAt: 2,
          waiting: null,
          ignored: null,
          builds: ["b2"],
        },
      ]);
      const rest = await store.deliveryPage({}, 2, page.next);
      expect(rest).toMatchObject({ items: [{ id: "of-b1" }], next: null });
      const ids = async (filter: object) => (await store.deliveryPage(filter, 9, null)).items.map(({ id }) => id);
      expect(await ids({ outcome: "ignored" })).toEqual(["no"]);
      expect(await ids({ outcome: "built", repo: "rpms/hello", forge: "github" })).toEqual(["of-b2", "of-b1"]);
      expect(await ids({ forge: "work" })).toEqual([]);
    });

    it("tells which builds changed since", async () => {
      await add("b1", { updatedAt: 10 });
      const b2 = await add("b2", { updatedAt: 20 });
      expect(await store.changes(11, 9)).toEqual([{ id: "b2", revision: 1, updatedAt: 20 }]);
      await store.save({ ...b2, updatedAt: 30 }, false);
      expect(await store.changes(20, 9)).toEqual([{ id: "b2", revision: 2, updatedAt: 30 }]);
      expect(await store.changes(0, 1)).toEqual([{ id: "b1", revision: 1, updatedAt: 10 }]);
    });
  });
}
