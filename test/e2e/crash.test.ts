import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createForgejoReceiver } from "../../src/adapters/forge/forgejo/webhook.ts";
import { createGitHubReceiver } from "../../src/adapters/forge/github/webhook.ts";
import { createGitLabReceiver } from "../../src/adapters/forge/gitlab/webhook.ts";
import { MARKER } from "../../src/domain/comment.ts";
import { isIgnored } from "../../src/domain/event.ts";
import { DEFAULT_CONTENT } from "../../src/simulator/hub/index.ts";
import { killBridgeProcesses, startBridgeProcess } from "../support/bridge-process.ts";
import { type Told, tell } from "../support/payloads.ts";
import { openTestWorlds, send, type TestWorlds, type TestWorldsOptions, until } from "../support/worlds.ts";

const RECEIVERS = {
  github: createGitHubReceiver({ forge: "github", secrets: [] }),
  work: createGitLabReceiver({ forge: "work", secrets: [], signingTokens: [] }),
  forgejo: createForgejoReceiver({ forge: "forgejo", secrets: [] }),
};
type ForgeName = keyof typeof RECEIVERS;
const NAMES: readonly ForgeName[] = ["github", "work", "forgejo"];
const dialectOf = (forge: ForgeName) => (forge === "work" ? "gitlab" : forge);

const open: TestWorlds[] = [];
afterEach(async () => {
  killBridgeProcesses();
  for (const worlds of open.splice(0)) await worlds.close();
});

async function worldsFor(
  told: readonly (Told & { forge: ForgeName })[],
  options: TestWorldsOptions,
): Promise<TestWorlds> {
  const packages = told.map(({ repo }) => repo.replace(/^.*\//, ""));
  const tags = DEFAULT_CONTENT.tags.map((tag) =>
    tag.packages ? { ...tag, packages: [...tag.packages, ...packages] } : tag,
  );
  const worlds = await openTestWorlds({ ...options, content: { tags } });
  open.push(worlds);
  const repos = new Map(told.map((one) => [`${one.forge} ${one.repo}`, one]));
  for (const { forge, repo } of repos.values())
    worlds.forge.addRepo(dialectOf(forge), repo, { access: { bot: "write" } });
  for (const { forge, event, payload } of told) {
    const parsed = RECEIVERS[forge].parse(event, payload);
    if (!isIgnored(parsed)) worlds.forge.learn(dialectOf(forge), parsed);
  }
  return worlds;
}

/** Sends until acknowledged, as people press "redeliver": same id, same bytes. */
async function sendUntilTaken(url: () => string, forge: ForgeName, id: string, told: Told): Promise<void> {
  await until(
    () => send(url(), forge, { event: told.event, payload: told.payload, id }),
    (answer) => answer?.status === 202,
    60_000,
  );
}

function finalStates(worlds: TestWorlds, told: Told & { forge: ForgeName }): Record<string, string> {
  const statuses = worlds.forge.statuses(dialectOf(told.forge), told.repo, told.sha);
  return Object.fromEntries(statuses.map(({ context, state }) => [context, state]).sort());
}

const ONE_TARGET = `
rules:
  - { name: mr, repos: ["github:**"], on: merge_request, build: { hub: koji, target: f42-candidate, scratch: true } }
`;

function isLastWord({ states, comments }: { states: Record<string, string>; comments: string[] }): boolean {
  const [comment = ""] = comments;
  const isFinal = comment.startsWith(MARKER) && !/🔨|🕓/u.test(comment);
  return Object.values(states).join() === "success" && comments.length === 1 && isFinal;
}

describe("SIGKILL", () => {
  const told = { ...tell("github", "merge-request", { seed: "crash" }), forge: "github" as const };

  async function dieAndRecover(step: number): Promise<boolean> {
    const worlds = await worldsFor([told], { speed: 100, rules: ONE_TARGET });
    const first = await startBridgeProcess(worlds, step);
    let url = first.url;
    const taken = sendUntilTaken(() => url, "github", "d", told);
    const look = () => ({
      states: finalStates(worlds, told),
      comments: worlds.forge.comments("github", told.repo, told.mr).map((comment) => comment.body),
    });
    const settled = () => until(look, isLastWord, 60_000);
    const outcome = await Promise.race([first.dead.then(() => "died"), taken.then(settled).then(() => "done")]);
    const second = outcome === "died" ? await startBridgeProcess(worlds) : first;
    url = second.url;
    await taken;
    await settled();
    expect(worlds.hub.buildTasks().length, `tasks after dying at step ${step}\n${first.log()}`).toBe(1);
    await second.kill();
    return outcome === "died";
  }

  it("at every step: one task per build, and the last word is said", async () => {
    let next = 0;
    let last = Number.POSITIVE_INFINITY;
    const lane = async () => {
      for (;;) {
        const step = ++next;
        if (step > last) return;
        const died = await dieAndRecover(step).catch((cause) => {
          throw new Error(`after dying at step ${step}`, { cause });
        });
        if (!died) last = Math.min(last, step);
      }
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    expect(last).toBeGreaterThan(25);
  }, 170_000);

  it("at random moments under 200 deliveries", async () => {
    const seed = Number(process.env.KOJIBRIDGE_TEST_SEED ?? Date.now() % 100_000);
    const random = mulberry32(seed);
    const names = ["push", "merge-request", "tag", "fork"] as const;
    const stories = Array.from({ length: 200 }, (_, i) => {
      const forge = NAMES[i % NAMES.length] ?? "github";
      const name = names[Math.floor(random() * 3.5)] ?? "push";
      // Real builds need packages of their own: one NVR can be built once.
      const told = tell(dialectOf(forge), name, { repo: `rpms/p${i}`, seed: `r${i}` });
      return { ...told, forge, name };
    });
    const worlds = await worldsFor(stories, { speed: 200 });
    let current = await startBridgeProcess(worlds);
    let done = false;
    const killer = (async () => {
      let kills = 0;
      while (!done) {
        await delay(100 + random() * 700);
        if (done) break;
        await current.kill();
        current = await startBridgeProcess(worlds);
        kills += 1;
      }
      return kills;
    })();
    const queue = stories.map((story, i) => ({ story, id: `d${i}` }));
    const senders = Array.from({ length: 4 }, async () => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        await sendUntilTaken(() => current.url, one.story.forge, one.id, one.story);
        if (random() < 0.2) await sendUntilTaken(() => current.url, one.story.forge, one.id, one.story);
      }
    });
    await Promise.all(senders);
    const wanted = stories.map(({ name }) => (name === "push" || name === "tag" ? "success" : "success,success"));
    const states = () => stories.map((story) => Object.values(finalStates(worlds, story)).join());
    await delay(2000);
    done = true;
    const kills = await killer;
    await until(states, (seen) => seen.join(";") === wanted.join(";"), 60_000);
    const builds = wanted.join().split(",").length;
    expect(worlds.hub.buildTasks().length, `seed ${seed}, ${kills} kills`).toBe(builds);
    expect(kills).toBeGreaterThan(3);
    for (const { forge, repo, mr } of stories.filter(({ mr }) => mr > 0))
      expect(worlds.forge.comments(dialectOf(forge), repo, mr).length, `comments of ${repo}`).toBe(1);
    await current.kill();
  }, 120_000);
});

/** A small seeded generator: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
