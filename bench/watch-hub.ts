import { createHubWorld } from "../src/simulator/hub/index.ts";
import { submitBuilds } from "../test/support/running-builds.ts";

/** A hub in a process of its own, on which so many builds run and none ends: its clock stands still. Tells its URL to the parent. */
const builds = Number(process.argv[2]);
const world = createHubWorld({ speed: 0 });
await world.listen();
await submitBuilds(
  world.url,
  Array.from({ length: builds }, (_, i) => `hang-${i % 500}`),
);
world.advance(60_000);
process.send?.({ url: world.url });
process.once("disconnect", () => void world.close());
