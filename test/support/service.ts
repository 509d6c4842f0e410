import { pino } from "pino";
import { it as base } from "vitest";
import { openParts } from "../../src/cli/parts.ts";
import { serve } from "../../src/cli/serve.ts";
import { openWorldsFor, type Story } from "./stories.ts";
import { send, type TestWorlds, type TestWorldsOptions } from "./worlds.ts";

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

/** Worlds for these stories and a bridge between them. */
type OpenStage = (stories: readonly Story[], options?: TestWorldsOptions) => Promise<Stage>;

/** `it` with `openStage`; what it opened is gone after the test, also when tests run side by side. */
export const it = base.extend("openStage", ({ task: _ }, { onCleanup }): OpenStage => {
  const closers: (() => Promise<void>)[] = [];
  onCleanup(async () => {
    for (const close of closers) await close();
  });
  return async (stories, options) => {
    const worlds = await openWorldsFor(stories, { speed: SPEED, ...options });
    const service = await startService(worlds);
    closers.push(async () => {
      worlds.hub.faults.clear();
      await service.stop();
      await worlds.close();
    });
    return toStage(worlds, service);
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
