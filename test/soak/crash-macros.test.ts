import { afterEach, expect, it } from "vitest";
import { killBridgeProcesses, startBridgeProcess } from "../support/bridge-process.ts";
import { changed, openWorldsFor, shownStates, story } from "../support/stories.ts";
import { send, type TestWorlds, until } from "../support/worlds.ts";

const open: TestWorlds[] = [];
afterEach(async () => {
  killBridgeProcesses();
  for (const worlds of open.splice(0)) await worlds.close();
});

const RULES = `
rules:
  - { name: mr, repos: ["github:**"], on: merge_request, build: { hub: koji, target: f42-candidate, macros: { dist: .an8 } } }
`;
const told = story("github", "merge-request", { seed: "crash" });
const closed = changed(told, (payload) => {
  payload.action = "closed";
});

const sideTags = ({ hub }: TestWorlds) => hub.tags().filter(({ extra }) => extra.get("sidetag") === true);

/** A merge request is opened, built and closed by a bridge that dies once on the way, at that step; whether it did. */
async function dieAndRecover(step: number): Promise<boolean> {
  const worlds = await openWorldsFor([told], { speed: 100, rules: RULES });
  open.push(worlds);
  let bridge = await startBridgeProcess(worlds, step, "SideTag");
  let [died, over] = [false, false];
  const revived = bridge.dead.then(async () => {
    if (over) return;
    died = true;
    bridge = await startBridgeProcess(worlds);
  });
  const deliver = ({ event, payload }: typeof told, id: string) =>
    until(
      () => send(bridge.url, "github", { event, payload, id }),
      (answer) => answer?.status === 202,
      60_000,
    );
  const why = () => `after dying at step ${step}\n${bridge.log()}`;
  await deliver(told, "opened");
  await until(
    () => shownStates(worlds, told)["koji/f42-candidate/scratch"],
    (state) => state === "success",
    60_000,
  );
  expect(worlds.hub.buildTasks(), why()).toHaveLength(1);
  expect(
    sideTags(worlds).map(({ extra }) => extra.get("rpm.macro.dist")),
    why(),
  ).toEqual([".an8"]);
  await deliver(closed, "closed");
  await until(
    () => sideTags(worlds).length,
    (count) => count === 0,
    60_000,
  );
  expect(worlds.hub.count("createSideTag"), why()).toBe(1);
  if (died) await revived;
  over = true;
  await bridge.kill();
  await worlds.close();
  open.splice(open.indexOf(worlds), 1);
  return died;
}

it("SIGKILL at every step of a side tag (crash.test.ts has those of a build): one side tag, one task, and nothing is left", async () => {
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
  expect(last).toBeGreaterThan(14);
}, 400_000);
