import { describe, expect } from "vitest";
import { MARKER } from "../../src/domain/comment.ts";
import { createCaller } from "../support/hub-caller.ts";
import { it } from "../support/service.ts";
import { changed, commentsOf, dialectOf, FORGES, shownStates, story, tale, wordsOf } from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const F42 = "koji/f42-candidate/scratch";
const C9S = "koji/c9s-candidate/scratch";

describe("what a packager sees", () => {
  it.concurrent("GitHub, a push: every step of the build, in words, each with the link to its task", async ({
    openStage,
  }) => {
    const told = story("github", "push");
    const { worlds, deliver } = await openStage([told], { speed: 0 });
    const { hub } = worlds;
    const login = hub.faults.hold("login");
    await deliver(told);
    const sees = (words: string) =>
      until(
        () => tale(worlds, told),
        (said) => said.at(-1) === words,
      );
    await sees("pending: accepted");
    login.release();
    await sees("pending: waiting for a builder");
    hub.advance(500);
    await sees("pending: making the SRPM");
    hub.advance(2_600);
    await sees("pending: aarch64 waiting, x86_64 waiting");
    hub.advance(500);
    await sees("pending: aarch64 building, x86_64 building");
    hub.advance(10_000);
    const said = await sees("success: built aarch64 ok 6s, x86_64 ok 6s in 9s");
    expect(said).toHaveLength(6);
    const task = `${hub.webUrl}/taskinfo?taskID=${hub.buildTasks()[0]?.id}`;
    const words = wordsOf(worlds, told);
    expect(words.map(({ context }) => context)).toEqual(Array(6).fill(F42));
    expect(words.map(({ url }) => url)).toEqual([null, ...Array(5).fill(task)]);
    expect(await (await fetch(task)).text()).toContain("hello");
  });

  it.concurrent("GitLab, a push: pending, running, success, and not a word that GitLab would refuse", async ({
    openStage,
  }) => {
    const told = story("work", "push");
    const { worlds, deliver } = await openStage([told]);
    const login = worlds.hub.faults.hold("login");
    await deliver(told);
    await until(
      () => tale(worlds, told),
      (said) => said.length === 1,
    );
    login.release();
    const said = await until(
      () => tale(worlds, told),
      (words) => words.at(-1)?.startsWith("success") === true,
    );
    expect(said[0]).toBe("pending: accepted");
    expect(said.slice(1, -1).every((words) => words.startsWith("running: "))).toBe(true);
    expect(said.at(-1)).toMatch(/^success: built aarch64 ok \d+[sm], x86_64 ok \d+[sm] in \d+[sm]$/);
    expect(worlds.forge.requests.filter(({ answer }) => answer.status >= 400)).toEqual([]);
    expect(wordsOf(worlds, told).at(-1)?.url).toMatch(/\/koji\/taskinfo\?taskID=\d+$/);
  });

  it.concurrent.for(FORGES)("%s, a tag: a real build under its own context", async (forge, { openStage }) => {
    const told = story(forge, "tag");
    const { worlds, deliver } = await openStage([told]);
    await deliver(told);
    await until(
      () => shownStates(worlds, told),
      (states) => states["koji/f42-candidate"] === "success",
    );
    expect(Object.keys(shownStates(worlds, told))).toEqual(["koji/f42-candidate"]);
    expect(worlds.hub.buildTasks()[0]?.request[2]).toMatchObject({ scratch: false });
  });

  it.concurrent.for(FORGES)(
    "%s, a merge request: two statuses and one comment, edited in place",
    async (forge, { openStage }) => {
      const told = story(forge, "merge-request");
      const { worlds, deliver } = await openStage([told]);
      worlds.forge.addUser("reviewer", { token: "reviewer-token" });
      worlds.forge.addComment(dialectOf(forge), told.repo, told.mr, "reviewer", "looks good");
      const shown = () =>
        worlds.forge.comments(dialectOf(forge), told.repo, told.mr).map(({ id, body }) => ({ id, body }));
      const build = worlds.hub.faults.hold("build");
      await deliver(told);
      const [, first] = await until(shown, (comments) => comments.length === 2);
      expect(first?.body.startsWith(`${MARKER}\n### Koji builds of ${told.sha.slice(0, 12)}`)).toBe(true);
      expect(first?.body.match(/🕓 accepted/gu)).toHaveLength(2);
      build.release();
      const [review, last] = await until(shown, (comments) => comments.at(-1)?.body.match(/✅ built/gu)?.length === 2);
      expect(review?.body).toBe("looks good");
      expect(last?.id).toBe(first?.id);
      expect(shown()).toHaveLength(2);
      for (const target of ["f42-candidate", "c9s-candidate"])
        expect(last?.body).toMatch(
          new RegExp(
            `^\\| ${target} \\(scratch\\) \\| ✅ built in [\\dms ]+ \\| \\[aarch64 ok .*taskID=\\d+\\) \\|$`,
            "m",
          ),
        );
      expect(
        await until(
          () => shownStates(worlds, told),
          (states) => !/pending|running/.test(Object.values(states).join()),
        ),
      ).toEqual({
        [C9S]: "success",
        [F42]: "success",
      });
    },
  );

  it.concurrent("a new commit on a merge request: the same comment tells of the new commit", async ({ openStage }) => {
    const told = story("github", "merge-request");
    const next = changed(story("github", "merge-request", { seed: "second commit" }), (payload) => {
      payload.action = "synchronize";
    });
    const { worlds, deliver } = await openStage([told, next]);
    await deliver(told);
    await until(
      () => commentsOf(worlds, told)[0] ?? "",
      (body) => /✅.*\n.*✅/u.test(body),
    );
    await deliver(next);
    const body = await until(
      () => commentsOf(worlds, told)[0] ?? "",
      (text) => text.includes(next.sha.slice(0, 12)) && /✅.*\n.*✅/u.test(text),
    );
    expect(body).toMatch(new RegExp(`<summary>Earlier commits \\(1\\)</summary>\n\n- ${told.sha.slice(0, 12)}: `));
    expect(commentsOf(worlds, told)).toHaveLength(1);
  });

  describe("a fork's merge request", () => {
    it.concurrent.for([
      ["github", "github.com/octo-packager/Hello-World"],
      ["forgejo", "forgejo.example.org/sam/kilo"],
    ] as const)(
      "%s: the fork is built, the status stands where the pull request is",
      async ([forge, source], { openStage }) => {
        const told = story(forge, "fork");
        const { worlds, deliver } = await openStage([told]);
        await deliver(told);
        await until(
          () => shownStates(worlds, told),
          (states) => states[F42] === "success" && states[C9S] === "success",
        );
        expect(new Set(wordsOf(worlds, told).map(({ repo }) => repo))).toEqual(new Set([told.repo]));
        for (const { request } of worlds.hub.buildTasks())
          expect(request[0]).toBe(`git+https://${source}.git#${told.sha}`);
        expect(commentsOf(worlds, told)).toHaveLength(1);
      },
    );

    it.concurrent.for([
      ["in the fork, where the bot may write", "write", "alice/diaspora"],
      ["in the target project, where it may not", "read", "rpms/hello"],
    ] as const)("GitLab: the status stands %s", async ([, access, at], { openStage }) => {
      const told = story("work", "fork");
      const { worlds, deliver } = await openStage([told]);
      worlds.forge.addRepo("gitlab", "alice/diaspora", { access: { bot: access } });
      worlds.forge.addCommit("gitlab", "alice/diaspora", told.sha, "package-release");
      await deliver(told);
      await until(
        () => wordsOf(worlds, told).filter(({ state }) => state === "success"),
        (words) => words.length === 2,
      );
      expect(new Set(wordsOf(worlds, told).map(({ repo }) => repo))).toEqual(new Set([at]));
      expect(worlds.hub.buildTasks()[0]?.request[0]).toMatch(
        new RegExp(`^git\\+http.*alice/diaspora\\.git#${told.sha}$`),
      );
    });
  });

  it.concurrent.for(FORGES)(
    "%s: a package that does not build on one arch: failure, and the words name the arch",
    async (forge, { openStage }) => {
      const told = story(forge, "merge-request", { repo: "rpms/fail-aarch64" });
      const { worlds, deliver } = await openStage([told]);
      await deliver(told);
      const failure = forge === "work" ? "failed" : "failure";
      await until(
        () => shownStates(worlds, told),
        (states) => states[F42] === failure && states[C9S] === failure,
      );
      const words = wordsOf(worlds, told).findLast(({ context }) => context === F42);
      expect(words?.description).toMatch(
        /^aarch64 failed \d+s, x86_64 (?:canceled|ok \d+s): hello\.c:12:17: error: ‘greeting’ undeclared/,
      );
      const body = await until(
        () => commentsOf(worlds, told)[0] ?? "",
        (text) => text.match(/❌/gu)?.length === 2,
      );
      expect(body).toMatch(/❌ hello\.c:12:17: error: ‘greeting’ undeclared.*\[aarch64 failed \d+s\]\(http/u);
    },
  );

  it.concurrent.for([
    ["github", "error", /^(?=.*aarch64).*canceled/i],
    ["work", "canceled", /canceled on the hub/],
    ["forgejo", "error", /^(?=.*aarch64).*canceled/i],
  ] as const)(
    "%s: a task somebody canceled on the hub ends as %s and says so",
    async ([forge, state, words], { openStage }) => {
      const told = story(forge, "push", { repo: "rpms/hang-forever" });
      const { worlds, deliver, service } = await openStage([told]);
      await deliver(told);
      await until(
        () => worlds.hub.tasks().filter(({ method, state: is }) => method === "buildArch" && is === "OPEN"),
        (open) => open.length === 2,
      );
      const admin = createCaller(() => worlds.hub.url);
      await admin.login("kojiadmin");
      await admin.call("cancelTask", worlds.hub.buildTasks()[0]?.id);
      await until(
        () => shownStates(worlds, told),
        (states) => states[F42] === state,
      );
      expect(wordsOf(worlds, told).at(-1)?.description).toMatch(words);
      expect(service.lines.filter(({ msg }) => msg === "finished")).toMatchObject([{ phase: "canceled" }]);
    },
  );

  it.concurrent("a target the hub does not have: failure that says what to do, before anything is asked of builders", async ({
    openStage,
  }) => {
    const told = story("github", "push");
    const rules = `
rules:
  - { name: push, repos: ["github:**"], on: push, build: { hub: koji, target: nowhere, scratch: true } }
`;
    const { worlds, deliver } = await openStage([told], { rules });
    await deliver(told);
    await until(
      () => shownStates(worlds, told),
      (states) => states["koji/nowhere/scratch"] === "failure",
    );
    expect(tale(worlds, told).at(-1)).toMatch(/target.*nowhere/);
    expect(worlds.hub.count("build")).toBe(0);
  });
});
