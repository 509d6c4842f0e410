import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { MARKER } from "../../src/domain/comment.ts";
import type { Outcome } from "../../src/simulator/hub/builder/outcome.ts";
import { killBridgeProcesses, startBridgeProcess } from "../support/bridge-process.ts";
import {
  commentsOf,
  FORGES,
  type ForgeName,
  openWorldsFor,
  type Story,
  shownStates,
  story,
  summaryState,
} from "../support/stories.ts";
import { send, type TestWorlds, type TestWorldsOptions, until } from "../support/worlds.ts";

const open: TestWorlds[] = [];
afterEach(async () => {
  killBridgeProcesses();
  for (const worlds of open.splice(0)) await worlds.close();
});

async function worldsFor(told: readonly Story[], options: TestWorldsOptions): Promise<TestWorlds> {
  const worlds = await openWorldsFor(told, options);
  open.push(worlds);
  return worlds;
}

/** Sends until acknowledged, as people press "redeliver": same id, same bytes. */
async function sendUntilTaken(url: () => string, forge: ForgeName, id: string, told: Story): Promise<void> {
  await until(
    () => send(url(), forge, { event: told.event, payload: told.payload, id }),
    (answer) => answer?.status === 202,
    60_000,
  );
}

const ONE_TARGET = `
rules:
  - { name: mr, repos: ["github:**"], on: merge_request, build: { hub: koji, target: f42-candidate, scratch: true } }
`;

/** The SRPM cannot be made. */
const FAILS = { result: "srpm", log: "error: line 7: Unknown tag: Naem: hello\n" } as const;

interface Fate {
  readonly outcome: Outcome;
  readonly state: string;
}

function isLastWord({ states, comments }: Shown, state: string): boolean {
  const [comment = ""] = comments;
  const isFinal = comment.startsWith(MARKER) && !/🔨|🕓/u.test(comment);
  return Object.values(states).join() === `${state},${state}` && comments.length === 1 && isFinal;
}

interface Shown {
  readonly states: Record<string, string>;
  readonly comments: readonly string[];
}

describe("SIGKILL", () => {
  const told = story("github", "merge-request", { seed: "crash" });

  /** Whether that step was reached, and what the first process did. */
  async function dieAndRecover(step: number, { outcome, state }: Fate): Promise<{ died: boolean; log: string }> {
    const worlds = await worldsFor([told], { speed: 100, rules: ONE_TARGET, outcome: () => outcome });
    const first = await startBridgeProcess(worlds, step);
    let url = first.url;
    const taken = sendUntilTaken(() => url, "github", "d", told);
    const look = () => ({
      states: { ...shownStates(worlds, told), koji: summaryState(worlds, told) ?? "" },
      comments: commentsOf(worlds, told),
    });
    const settled = () => until(look, (shown) => isLastWord(shown, state), 60_000);
    const died = await Promise.race([first.dead.then(() => true), taken.then(settled).then(() => false)]);
    const second = died ? await startBridgeProcess(worlds) : first;
    url = second.url;
    await taken;
    await settled();
    expect(worlds.hub.buildTasks().length, `tasks after dying at step ${step}\n${first.log()}`).toBe(1);
    await second.kill();
    return { died, log: first.log() };
  }

  /** Dies at every step from `from` on; returns the number of the last one. */
  async function dieAtEveryStep(from: number, fate: Fate): Promise<number> {
    let next = from - 1;
    let last = Number.POSITIVE_INFINITY;
    const lane = async () => {
      for (;;) {
        const step = ++next;
        if (step > last) return;
        const { died } = await dieAndRecover(step, fate).catch((cause) => {
          throw new Error(`after dying at step ${step}`, { cause });
        });
        if (!died) last = Math.min(last, step);
      }
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    return last;
  }

  it("at every step: one task per build, and the last word is said", async () => {
    expect(await dieAtEveryStep(1, { outcome: { result: "success" }, state: "success" })).toBeGreaterThan(25);
  }, 170_000);

  it("at every step of explaining a failure: one task, and the true cause is said", async () => {
    const fate = { outcome: FAILS, state: "failure" };
    const { log } = await dieAndRecover(0, fate);
    const from = Number(/step (\d+) before logs/.exec(log)?.[1]);
    expect(await dieAtEveryStep(from, fate)).toBeGreaterThan(from + 8);
    for (const worlds of open) expect(commentsOf(worlds, told)[0]).toContain("Unknown tag: Naem");
  }, 170_000);

  it("at random moments under 200 deliveries", async () => {
    const seed = Number(process.env.KOJIBRIDGE_TEST_SEED ?? Date.now() % 100_000);
    const random = mulberry32(seed);
    const names = ["push", "merge-request", "tag", "fork"] as const;
    const stories = Array.from({ length: 200 }, (_, i) => {
      const forge = FORGES[i % FORGES.length] ?? "github";
      const name = names[Math.floor(random() * 3.5)] ?? "push";
      // Real builds need packages of their own: one NVR can be built once.
      return { ...story(forge, name, { repo: `rpms/p${i}`, seed: `r${i}` }), name };
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
    const states = () => stories.map((story) => Object.values(shownStates(worlds, story)).join());
    await delay(2000);
    done = true;
    const kills = await killer;
    await until(states, (seen) => seen.join(";") === wanted.join(";"), 60_000);
    const builds = wanted.join().split(",").length;
    expect(worlds.hub.buildTasks().length, `seed ${seed}, ${kills} kills`).toBe(builds);
    expect(kills).toBeGreaterThan(3);
    for (const told of stories.filter(({ mr }) => mr > 0))
      expect(commentsOf(worlds, told).length, `comments of ${told.repo}`).toBe(1);
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
