import { createForgejoReceiver } from "../../src/adapters/forge/forgejo/webhook.ts";
import { createGitHubReceiver } from "../../src/adapters/forge/github/webhook.ts";
import { createGitLabReceiver } from "../../src/adapters/forge/gitlab/webhook.ts";
import { isIgnored, isPersonEvent } from "../../src/domain/event.ts";
import type { Dialect, Status } from "../../src/simulator/forge/state.ts";
import { type Content, DEFAULT_CONTENT } from "../../src/simulator/hub/index.ts";
import type { PayloadExample } from "../../src/simulator/payloads/examples.ts";
import { type Told, tell } from "./payloads.ts";
import { openTestWorlds, type TestWorlds, type TestWorldsOptions } from "./worlds.ts";

const RECEIVERS = {
  github: createGitHubReceiver({ forge: "github", secrets: [] }),
  work: createGitLabReceiver({ forge: "work", secrets: [], signingTokens: [] }),
  forgejo: createForgejoReceiver({ forge: "forgejo", secrets: [] }),
};

/** The forges of the test configuration: GitHub, Forgejo, and a GitLab called `work`. */
export type ForgeName = keyof typeof RECEIVERS;
export const FORGES: readonly ForgeName[] = ["github", "work", "forgejo"];

/** Something that happens on a forge, as that forge tells it. */
export interface Story extends Told {
  readonly forge: ForgeName;
}

export function dialectOf(forge: ForgeName): Dialect {
  return forge === "work" ? "gitlab" : forge;
}

export function story(
  forge: ForgeName,
  name: PayloadExample["name"],
  where?: { readonly repo?: string; readonly seed?: string },
): Story {
  return { ...tell(dialectOf(forge), name, where), forge };
}

/** The same story with something else in its payload. */
// biome-ignore lint/suspicious/noExplicitAny: foreign JSON of three forges
export function changed<S extends Story>(told: S, change: (payload: any) => void): S {
  const payload = structuredClone(told.payload);
  change(payload);
  return { ...told, payload };
}

export interface StoryWorldsOptions extends Omit<TestWorldsOptions, "content"> {
  readonly users?: Content["users"];
  /** Packages that no tag lists. */
  readonly unlisted?: readonly string[];
}

/** Worlds in which everything the stories speak of exists, and the bot may write to the repos they happen in. */
export async function openWorldsFor(
  stories: readonly Story[],
  { users = DEFAULT_CONTENT.users, unlisted = [], ...options }: StoryWorldsOptions = {},
): Promise<TestWorlds> {
  const packages = stories.map(({ repo }) => repo.replace(/^.*\//, "")).filter((name) => !unlisted.includes(name));
  const tags = DEFAULT_CONTENT.tags.map((tag) =>
    tag.packages ? { ...tag, packages: [...tag.packages, ...packages] } : tag,
  );
  const worlds = await openTestWorlds({ ...options, content: { tags, users } });
  const repos = new Map(stories.map((one) => [`${one.forge} ${one.repo}`, one]));
  for (const { forge, repo } of repos.values()) {
    worlds.forge.addRepo(dialectOf(forge), repo, {
      // Forgejo tells only admins what others may do, and which tags are protected.
      access: { bot: forge === "forgejo" ? "admin" : "write", maintainer: "write" },
    });
    for (const kind of options.isProtected === false ? [] : (["branch", "tag"] as const))
      worlds.forge.protect(dialectOf(forge), repo, { kind, name: "*" });
  }
  for (const told of stories) learn(worlds, told);
  return worlds;
}

/** It happens: the forge's world is as the story says. */
export function learn(worlds: TestWorlds, { forge, event, payload }: Story): void {
  const parsed = RECEIVERS[forge].parse(event, payload);
  if (!isIgnored(parsed) && !isPersonEvent(parsed)) worlds.forge.learn(dialectOf(forge), parsed);
}

/** One status as the forge was told it. */
export interface Word {
  readonly repo: string;
  readonly context: string;
  readonly state: string;
  readonly description: string;
  readonly url: string | null;
}

/** What the status that sums up a commit is called by default. */
const SUMMARY = "koji";

/** Every status of a build that a forge took for the commit, in the order it was told. */
export function wordsOf(worlds: TestWorlds, told: Pick<Story, "sha">): Word[] {
  return allWordsOf(worlds, told).filter(({ context }) => context !== SUMMARY);
}

/** What the commit's summary said, as `state: description`. */
export function summaryTale(worlds: TestWorlds, told: Pick<Story, "sha">): string[] {
  const words = allWordsOf(worlds, told).filter(({ context }) => context === SUMMARY);
  return words.map(({ state, description }) => `${state}: ${description}`);
}

function allWordsOf({ forge }: TestWorlds, { sha }: Pick<Story, "sha">): Word[] {
  return forge.requests.flatMap(({ method, path, body, answer }) => {
    const at = /^\/(?:repos|projects)\/(.+)\/statuses\/(.+)$/.exec(path);
    if (method !== "POST" || answer.status !== 201 || at?.[2] !== sha) return [];
    const { context, name, state, description, target_url } = body as Record<string, string | undefined>;
    const repo = decodeURIComponent(at[1] ?? "");
    const said = { state: state ?? "", description: description ?? "", url: target_url ?? null };
    return [{ repo, context: context ?? name ?? "", ...said }];
  });
}

/** `state: description` of everything said, for people to read in a test. */
export function tale(worlds: TestWorlds, told: Pick<Story, "sha">): string[] {
  return wordsOf(worlds, told).map(({ state, description }) => `${state}: ${description}`);
}

/** The newest status of each build of the commit. */
export function shownStatuses({ forge }: TestWorlds, told: Story): Status[] {
  const statuses = forge.statuses(dialectOf(told.forge), told.repo, told.sha);
  return statuses.filter(({ context }) => context !== SUMMARY);
}

/** The state of the commit's summary as people see it now. */
export function summaryState({ forge }: TestWorlds, told: Story): string | undefined {
  const statuses = forge.statuses(dialectOf(told.forge), told.repo, told.sha);
  return statuses.find(({ context }) => context === SUMMARY)?.state;
}

/** Context → state of each build, as people see the commit now. */
export function shownStates(worlds: TestWorlds, told: Story): Record<string, string> {
  const statuses = shownStatuses(worlds, told);
  return Object.fromEntries(statuses.map(({ context, state }) => [context, state]).sort());
}

/** Bodies of the comments on the story's merge request. */
export function commentsOf({ forge }: TestWorlds, { forge: name, repo, mr }: Story): string[] {
  return forge.comments(dialectOf(name), repo, mr).map(({ body }) => body);
}
