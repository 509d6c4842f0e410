import { expect } from "vitest";
import { it, type Stage } from "../support/service.ts";
import { dialectOf, FORGES, type ForgeName, type Story, story, summaryTale, tale } from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const ALL = 'repos: ["github:**", "work:**", "forgejo:**"]';
const rulesFor = (on: string, more = "") => `
rules:
  - { name: real, ${ALL}, on: ${on}, build: { hub: koji, target: f42-candidate, scratch: false, ${more} } }
`;

/** Unprotected, unless the test protects it. */
const OPEN = { isProtected: false } as const;
const FAILED = { github: "failure", forgejo: "failure", work: "failed" } as const;

function protect({ worlds }: Stage, { forge, repo }: Story, kind: "branch" | "tag", name: string): void {
  worlds.forge.protect(dialectOf(forge), repo, { kind, name });
}

/** What the tag or branch of the story is called. */
function refOf(told: Story): string {
  const { ref } = told.payload as { ref: string };
  return ref.replace(/^refs\/(?:heads|tags)\//, "");
}

async function endsWith({ worlds }: Stage, told: Story, words: string | RegExp): Promise<void> {
  await until(
    () => tale(worlds, told).at(-1) ?? "",
    (said) => (typeof words === "string" ? said === words : words.test(said)),
  );
}

const BRANCH = "`build.from` names no branch";

it.concurrent.for(FORGES)(
  "%s: a push to a branch that is not protected is refused, and says so",
  async (forge, { openStage }) => {
    const told = story(forge, "push");
    const stage = await openStage([told], { ...OPEN, rules: rulesFor("push") });
    await stage.deliver(told);
    const why = `no real build: branch \`${refOf(told)}\` is not protected; protect it on the forge`;
    await endsWith(stage, told, `${FAILED[forge]}: ${why}`);
    expect(stage.worlds.hub.count("build")).toBe(0);
    await until(
      () => summaryTale(stage.worlds, told).at(-1),
      (said) => said === `${FAILED[forge]}: failed: f42-candidate`,
    );
  },
);

it.concurrent.for(FORGES)("%s: a push to a protected branch is built", async (forge, { openStage }) => {
  const told = story(forge, "push");
  const stage = await openStage([told], { ...OPEN, rules: rulesFor("push") });
  protect(stage, told, "branch", refOf(told));
  await stage.deliver(told);
  await endsWith(stage, told, /^success/);
  expect(stage.worlds.hub.buildTasks()[0]?.request[2]).toMatchObject({ scratch: false });
});

it.concurrent.for(FORGES)("%s: a tag that is not protected is refused", async (forge, { openStage }) => {
  const told = story(forge, "tag");
  const stage = await openStage([told], { ...OPEN, rules: rulesFor("tag") });
  protect(stage, told, "branch", "main");
  await stage.deliver(told);
  const why = `no real build: tag \`${refOf(told)}\` is not protected and ${BRANCH}; protect the tag on the forge`;
  await endsWith(stage, told, `${FAILED[forge]}: ${why}`);
  expect(stage.worlds.hub.count("build")).toBe(0);
});

it.concurrent.for(FORGES)(
  "%s: a tag that is not protected is built from an allowed branch that is",
  async (forge, { openStage }) => {
    const told = story(forge, "tag");
    const stage = await openStage([told], { ...OPEN, rules: rulesFor("tag", "from: [next, release]") });
    protect(stage, told, "branch", "release");
    stage.worlds.forge.commit(dialectOf(forge), told.repo, { sha: told.sha, branch: "release" });
    await stage.deliver(told);
    await endsWith(stage, told, /^success/);
  },
);

/** The branch goes away from the commit before the forge is asked. */
function forcePush({ worlds }: Stage, { forge, repo }: Story, branch: string): void {
  worlds.forge.commit(dialectOf(forge), repo, { sha: "e".repeat(40), branch });
}

it.concurrent.for(FORGES)("%s: a commit that was pushed away is not built", async (forge, { openStage }) => {
  const told = story(forge, "push");
  const stage = await openStage([told], { ...OPEN, rules: rulesFor("push") });
  protect(stage, told, "branch", refOf(told));
  forcePush(stage, told, refOf(told));
  await stage.deliver(told);
  const patience = setInterval(() => stage.service.skip(60_000), 100);
  await endsWith(stage, told, `${FAILED[forge]}: no real build: commit is not on branch \`${refOf(told)}\``).finally(
    () => clearInterval(patience),
  );
  expect(stage.worlds.hub.count("build")).toBe(0);
});

it.concurrent("what was allowed is looked at again before a build that had to wait is sent", async ({ openStage }) => {
  const told = story("github", "push");
  const stage = await openStage([told], { ...OPEN, rules: rulesFor("push") });
  protect(stage, told, "branch", refOf(told));
  stage.worlds.hub.faults.http502(undefined, 100_000);
  await stage.deliver(told);
  await endsWith(stage, told, /^pending: waiting: hub unavailable/);
  forcePush(stage, told, refOf(told));
  stage.worlds.hub.faults.clear();
  const patience = setInterval(() => stage.service.skip(60_000), 100);
  await endsWith(stage, told, /^failure: no real build: commit is not on branch/).finally(() =>
    clearInterval(patience),
  );
  expect(stage.worlds.hub.buildTasks()).toEqual([]);
});

it.concurrent("a forge that is down lets nothing pass: the build waits for its word", async ({ openStage }) => {
  const told = story("github", "push");
  const stage = await openStage([told], { rules: rulesFor("push") });
  stage.worlds.forge.fail({ on: /branches/, fault: { kind: "answer", status: 502 }, times: 3 });
  await stage.deliver(told);
  await endsWith(stage, told, /^pending: waiting: forge unavailable/);
  expect(stage.worlds.hub.count("build")).toBe(0);
  await until(
    () => {
      stage.service.skip(10_000);
      return stage.worlds.hub.count("build");
    },
    (count) => count === 1,
  );
  await endsWith(stage, told, /^success/);
});

it.concurrent("the operator may do without protection, never without the commit being there", async ({ openStage }) => {
  const told = story("github", "push");
  const rules = rulesFor("push", "unprotected: true");
  const stage = await openStage([told], { ...OPEN, rules });
  expect(stage.service.lines).toContainEqual(
    expect.objectContaining({ rule: "real", msg: expect.stringMatching(/not protected/) }),
  );
  await stage.deliver(told);
  await endsWith(stage, told, /^success/);
  const gone = await openStage([told], { ...OPEN, rules });
  forcePush(gone, told, refOf(told));
  await gone.deliver(told);
  await endsWith(gone, told, /^pending: waiting: commit is not on branch/);
  expect(gone.worlds.hub.count("build")).toBe(0);
});

it.concurrent.for(["github", "work", "forgejo"] satisfies ForgeName[])(
  "%s: a fork's merge request gets no real build, whatever a rule says",
  async (forge, { openStage }) => {
    const told = story(forge, "fork");
    const stage = await openStage([told], { rules: rulesFor("[push, tag]") });
    expect(await stage.deliver(told)).toMatchObject({ json: { builds: [] } });
    expect(stage.worlds.hub.count("build")).toBe(0);
  },
);
