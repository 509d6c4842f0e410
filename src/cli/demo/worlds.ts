import { createForgeWorld, type ForgeWorld } from "../../simulator/forge/world.ts";
import { createHubWorld, DEFAULT_CONTENT, type HubWorld } from "../../simulator/hub/index.ts";
import { DEMO_ENV } from "./config.ts";
import type { Scene } from "./story.ts";

/** Seconds of Koji per second: a build that takes nine there is over in three here. */
const SPEED = 3;
const BOT = "kojibridge-bot";

export interface Worlds {
  readonly hub: HubWorld;
  readonly forge: ForgeWorld;
  close(): Promise<void>;
}

/** A hub and forges in which everything the story speaks of exists, and the bot may do what an operator would let it. */
export async function openWorlds(story: readonly Scene[]): Promise<Worlds> {
  const forge = await createForgeWorld();
  populate(forge, story);
  const failing = story.filter((scene) => scene.fails).map((scene) => scene.event.sha);
  const packages = story.map((scene) => scene.event.repo.path.replace(/^.*\//, ""));
  const hub = createHubWorld({
    speed: SPEED,
    content: {
      tags: DEFAULT_CONTENT.tags.map((tag) =>
        tag.packages ? { ...tag, packages: [...tag.packages, ...packages] } : tag,
      ),
    },
    outcome: ({ source }) =>
      failing.some((sha) => source.endsWith(`#${sha}`)) ? { result: "fail", arch: "aarch64" } : { result: "success" },
  });
  await hub.listen();
  const close = async () => {
    await Promise.all([hub.close(), forge.close()]);
  };
  return { hub, forge, close };
}

function populate(forge: ForgeWorld, story: readonly Scene[]): void {
  for (const token of [DEMO_ENV.GITHUB_TOKEN, DEMO_ENV.GITLAB_TOKEN, DEMO_ENV.FORGEJO_TOKEN])
    forge.addUser(BOT, { token });
  const repos = new Map(
    story.map(({ example, event }) => [`${example.dialect} ${event.repo.path}`, { example, event }]),
  );
  for (const { example, event } of repos.values()) {
    const { path, id } = event.repo;
    // Forgejo shows protected tags to administrators alone.
    forge.addRepo(example.dialect, path, { id, access: { [BOT]: example.dialect === "forgejo" ? "admin" : "write" } });
    forge.protect(example.dialect, path, { kind: "tag", name: "*" });
  }
  for (const { example, event } of story) forge.learn(example.dialect, event);
}
