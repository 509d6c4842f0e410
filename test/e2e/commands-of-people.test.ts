import { describe, expect } from "vitest";
import { edits, says } from "../support/says.ts";
import { it, type Stage } from "../support/service.ts";
import {
  changed,
  commentsOf,
  dialectOf,
  FORGES,
  type ForgeName,
  learn,
  type Story,
  shownStates,
  story,
} from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const F42 = "koji/f42-candidate/scratch";
const SUCCESS = { github: "success", work: "success", forgejo: "success" } as const;
const PENDING = { github: "pending", work: "pending", forgejo: "pending" } as const;
const HANGS = { outcome: () => ({ result: "hang" }) as const };

const fork = (forge: ForgeName, seed = "fork") => story(forge, "fork", { seed });
const tasks = ({ worlds }: Stage) => worlds.hub.buildTasks().map(({ state }) => state);
const stateOf = (stage: Stage, told: Story) => shownStates(stage.worlds, told)[F42];
const reactions = ({ worlds }: Stage, told: Story, body: string) =>
  worlds.forge
    .comments(dialectOf(told.forge), told.repo, told.mr)
    .filter((comment) => comment.body === body)
    .flatMap((comment) => comment.reactions.map(({ name }) => name));
const answers = (stage: Stage, told: Story) =>
  commentsOf(stage.worlds, told).filter((body) => body.includes("kojibridge answer"));

/** Delivered, and carried out. */
async function say(stage: Stage, told: Story, who: Parameters<typeof says>[2], body: string): Promise<Story> {
  const said = says(stage.worlds, told, who, body);
  await heard(stage, said);
  return said;
}

async function heard(stage: Stage, said: Story): Promise<void> {
  const answer = await stage.deliver(said);
  const delivery = (answer?.json as { delivery?: string } | undefined)?.delivery;
  await until(
    () => stage.service.lines.filter(({ msg, delivery: id }) => id === delivery && msg === "command").length,
    (n) => n > 0,
  );
}

describe.concurrent("a fork's merge request", () => {
  it.for(FORGES)("%s: waits, is approved, is built; a force-push waits again", async (forge, { openStage }) => {
    const [first, second] = [fork(forge, "first"), fork(forge, "second")];
    const stage = await openStage([second, first], { forks: "approve" });
    await stage.deliver(first);
    await until(
      () => stateOf(stage, first),
      (state) => state === PENDING[forge],
    );
    await until(
      () => commentsOf(stage.worlds, first).join(),
      (bodies) => bodies.includes("/koji approve"),
    );
    await say(stage, first, "maintainer", "Looks fine.\n\n/koji approve");
    await until(
      () => stateOf(stage, first),
      (state) => state === SUCCESS[forge],
    );
    const built = tasks(stage).length;
    learn(stage.worlds, second);
    await stage.deliver(second);
    await until(
      () => stateOf(stage, second),
      (state) => state === PENDING[forge],
    );
    expect(tasks(stage)).toHaveLength(built);
  });

  it("a stranger's approval is refused in words, and nothing is built", async ({ openStage }) => {
    const told = fork("github");
    const stage = await openStage([told], { forks: "approve" });
    await stage.deliver(told);
    await say(stage, told, "visitor", "/koji approve");
    expect(answers(stage, told)).toEqual([expect.stringContaining("`/koji approve` needs write access")]);
    expect(reactions(stage, told, "/koji approve")).toEqual(["confused"]);
    expect(tasks(stage)).toEqual([]);
  });

  it("approved with its commit named; another commit is not", async ({ openStage }) => {
    const told = fork("github");
    const stage = await openStage([told], { forks: "approve" });
    await stage.deliver(told);
    await say(stage, told, "maintainer", "/koji approve 0123456789ab");
    expect(answers(stage, told).join()).toContain(`write \`/koji approve ${told.sha.slice(0, 12)}\``);
    await say(stage, told, "maintainer", `/koji approve ${told.sha.slice(0, 12)}`);
    await until(
      () => stateOf(stage, told),
      (state) => state === "success",
    );
  });

  it("approved while a push is under way that nobody has told of: the comment did not mean that one", async ({
    openStage,
  }) => {
    const [seen, unseen] = [fork("github", "seen"), fork("github", "unseen")];
    // What is told last is where the world is.
    const stage = await openStage([seen, unseen], { forks: "approve" });
    await stage.deliver(seen);
    await say(stage, seen, "maintainer", "/koji approve");
    expect(answers(stage, seen).join()).toContain("Commits were pushed around the time of this comment");
    await stage.deliver(unseen);
    await until(
      () => stateOf(stage, unseen),
      (state) => state === "pending",
    );
    expect(tasks(stage)).toEqual([]);
  });

  it("is built at once when somebody with write access opened it", async ({ openStage }) => {
    const told = fork("github");
    const stage = await openStage([told], { forks: "approve" });
    const { by } = stage.worlds.forge.addComment("github", told.repo, told.mr, "maintainer", "mine");
    const mine = changed(told, (payload) => {
      payload.pull_request.user = { id: by.id, login: by.login };
    });
    await stage.deliver(mine);
    await until(
      () => stateOf(stage, told),
      (state) => state === "success",
    );
  });

  it("is not built under `never`", async ({ openStage }) => {
    const told = fork("github");
    const stage = await openStage([told], { forks: "never" });
    expect((await stage.deliver(told))?.json).toMatchObject({ builds: [], ignored: "no rule matches" });
  });
});

describe.concurrent("commands", () => {
  it.for(FORGES)("%s: retry builds what failed once more, as another task", async (forge, { openStage }) => {
    const told = story(forge, "merge-request");
    let fails = true;
    const stage = await openStage([told], { outcome: () => ({ result: fails ? "fail" : "success" }) as const });
    await stage.deliver(told);
    await until(
      () => tasks(stage),
      (states) => states.join() === "FAILED,FAILED",
    );
    await until(
      () => Object.values(shownStates(stage.worlds, told)),
      (states) => states.length === 2 && states.every((state) => /fail/.test(state)),
    );
    fails = false;
    const said = await say(stage, told, "maintainer", "/koji retry");
    await until(
      () => stateOf(stage, told),
      (state) => state === SUCCESS[forge],
    );
    await until(
      () => tasks(stage),
      (states) => states.length === 4,
    );
    expect(reactions(stage, told, "/koji retry")).toHaveLength(1);
    expect(answers(stage, told)).toEqual([]);
    await heard(stage, edits(said, told, "/koji retry all"));
    expect(tasks(stage)).toHaveLength(4);
  });

  it.for(FORGES)("%s: cancel ends it on the hub, and the status names who", async (forge, { openStage }) => {
    const told = story(forge, "merge-request");
    const stage = await openStage([told], HANGS);
    await stage.deliver(told);
    await until(
      () => tasks(stage),
      (states) => states.join() === "OPEN,OPEN",
    );
    await say(stage, told, "maintainer", "/koji cancel f42-candidate");
    await until(
      () => tasks(stage).sort(),
      (states) => states.join() === "CANCELED,OPEN",
    );
    await until(
      () => shownStates(stage.worlds, told)[F42],
      (state) => state === { github: "error", work: "canceled", forgejo: "error" }[forge],
    );
  });

  it("build for one target and arch, once however often it is delivered", async ({ openStage }) => {
    const told = story("github", "merge-request");
    const stage = await openStage([told]);
    await stage.deliver(told);
    await until(
      () => stateOf(stage, told),
      (state) => state === "success",
    );
    const said = says(stage.worlds, told, "maintainer", "/koji build f42-candidate arch=x86_64");
    await heard(stage, said);
    await heard(stage, said);
    await until(
      () => tasks(stage),
      (states) => states.length === 3 && !states.includes("OPEN") && !states.includes("FREE"),
    );
    expect(stage.worlds.hub.buildTasks().at(-1)?.request).toMatchObject([
      expect.any(String),
      "f42-candidate",
      { arch_override: "x86_64" },
    ]);
  });

  it("help and status are answered in one comment each; what is not understood, with what would be", async ({
    openStage,
  }) => {
    const told = story("github", "merge-request");
    const stage = await openStage([told]);
    await stage.deliver(told);
    await until(
      () => stateOf(stage, told),
      (state) => state === "success",
    );
    await say(stage, told, "visitor", "/koji help");
    await say(stage, told, "visitor", "/koji status");
    await say(stage, told, "maintainer", "/koji biuld");
    await say(stage, told, "maintainer", "/koji build nowhere");
    await say(stage, told, "maintainer", "/koji build --real");
    const said = answers(stage, told);
    expect(said).toHaveLength(5);
    expect(said[0]).toContain("`/koji retry [failed|all]`");
    expect(said[1]).toContain("`koji/f42-candidate/scratch`: `built");
    expect(said[2]).toContain("did you mean `/koji build");
    expect(said[3]).toContain("No rule builds `nowhere` here. Targets: `f42-candidate`, `c9s-candidate`.");
    expect(said[4]).toContain("A merge request never gets a real build");
  });

  it("quoted commands, other people's words and its own comments are no commands", async ({ openStage }) => {
    const told = story("github", "merge-request");
    const stage = await openStage([told]);
    for (const [who, body] of [
      ["maintainer", "> /koji retry"],
      ["visitor", "thanks"],
    ] as const) {
      const answer = await stage.deliver(says(stage.worlds, told, who, body));
      expect(answer?.json).toMatchObject({ builds: [], ignored: "there is no command in it" });
    }
  });
});
