import { pino } from "pino";
import { it as base } from "vitest";
import { openParts } from "../../src/cli/parts.ts";
import { serve } from "../../src/cli/serve.ts";
import { openWorldsFor, type Story, type StoryWorldsOptions } from "./stories.ts";
import { send, type TestWorlds } from "./worlds.ts";

/** What it logged: the message and its facts. */
export interface Line {
  readonly msg: string;
  readonly time: number;
  readonly [fact: string]: unknown;
}

/** The bridge in this process, wired as `serve` wires it. */
export interface TestService {
  readonly url: string;
  readonly lines: readonly Line[];
  /** Moves its clock on: what waits for a later try is due, what lasts that long is over. */
  skip(ms: number): void;
  /** Whose token that forge has, once the bridge has learned it. */
  ownLogin(forge: string): string | null;
  stop(): Promise<void>;
}

export async function startService({ config }: TestWorlds): Promise<TestService> {
  const lines: Line[] = [];
  const log = pino({ level: "debug", base: null }, { write: (line) => void lines.push(JSON.parse(line)) });
  const parts = await openParts(config, log);
  let skipped = 0;
  const service = await serve(config, { ...parts, now: () => Date.now() + skipped }, log);
  return {
    ...service,
    lines,
    ownLogin: parts.ownLogin,
    skip(ms) {
      skipped += ms;
    },
  };
}

export interface Stage {
  readonly worlds: TestWorlds;
  readonly service: TestService;
  /** Sends it as its forge would; the delivery id is new unless given. */
  deliver(told: Story, id?: string): ReturnType<typeof send>;
  api(path: string): Promise<unknown>;
}

/** Seconds of Koji per second: a build takes a fifteenth of one. */
const SPEED = 150;

type OpenWorlds = (stories: readonly Story[], options?: StoryWorldsOptions) => Promise<TestWorlds>;
type OpenStage = (stories: readonly Story[], options?: StoryWorldsOptions) => Promise<Stage>;

/** `it` that can open worlds, and worlds with a bridge between them; they end with the test, also beside others. */
export const it = base
  .extend("openWorlds", ({ task: _ }, { onCleanup }): OpenWorlds => {
    const open: TestWorlds[] = [];
    onCleanup(async () => {
      for (const worlds of open) await worlds.close();
    });
    return async (stories, options) => {
      const worlds = await openWorldsFor(stories, { speed: SPEED, ...options });
      open.push(worlds);
      return worlds;
    };
  })
  .extend("openStage", ({ openWorlds }, { onCleanup }): OpenStage => {
    const open: Stage[] = [];
    onCleanup(async () => {
      for (const { worlds, service } of open) {
        worlds.hub.faults.clear();
        await service.stop();
      }
    });
    return async (stories, options) => {
      const worlds = await openWorlds(stories, options);
      const stage = toStage(worlds, await startService(worlds));
      open.push(stage);
      return stage;
    };
  });

function toStage(worlds: TestWorlds, service: TestService): Stage {
  let sent = 0;
  return {
    worlds,
    service,
    deliver: ({ forge, event, payload }, id = `delivery-${++sent}`) => send(service.url, forge, { event, payload, id }),
    api: async (path) => (await fetch(`${service.url}${path}`)).json(),
  };
}
