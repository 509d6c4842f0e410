import { pino } from "pino";
import type { Page } from "playwright-core";
import { openParts } from "../../src/cli/parts.ts";
import { type Service, serve } from "../../src/cli/serve.ts";
import type { Store } from "../../src/ports/store.ts";
import { type BuildSubject, type Outcome, outcomeByName } from "../../src/simulator/hub/builder/outcome.ts";
import { writeHistory } from "./history.ts";
import { openWorldsFor, type Story, story } from "./stories.ts";
import { ENV, send, type TestWorlds, until } from "./worlds.ts";

/** A bridge with two weeks behind it and some work before it, to look at. */
export interface Face {
  readonly url: string;
  readonly worlds: TestWorlds;
  readonly store: Store;
  /** Builds: one that runs for long, one that failed on an arch. */
  readonly running: string;
  readonly failed: string;
  /** A delivery that made builds. */
  readonly delivery: string;
  signIn(page: Page): Promise<void>;
  close(): Promise<void>;
}

export interface FaceOptions {
  /** Builds of the last two weeks. */
  readonly history?: number;
  readonly speed?: number;
  /** What else there is in the worlds; nothing of it is delivered. */
  readonly stories?: readonly Story[];
  /** Null: by the package's name. */
  readonly outcome?: (subject: BuildSubject) => Outcome | null;
}

export async function openFace({ history = 60, speed = 20, stories = [], outcome }: FaceOptions = {}): Promise<Face> {
  const [fine, slow, bad] = [
    story("github", "push", { repo: "rpms/hello" }),
    story("work", "merge-request", { repo: "rpms/hang-nano" }),
    story("github", "merge-request", { repo: "rpms/fail-aarch64" }),
  ];
  const worlds = await openWorldsFor([fine, slow, bad, ...stories], {
    speed,
    outcome: (subject) => outcome?.(subject) ?? outcomeByName(subject),
  });
  const log = pino({ level: "silent" });
  const parts = await openParts(worlds.config, log);
  await writeHistory(parts.store, history, Date.now());
  const service = await serve(worlds.config, parts, log);
  const { store } = parts;
  const failed = await deliver(service, bad, "screen-failed");
  await until(
    () => store.build(failed),
    (build) => build?.phase === "failed",
  );
  await deliver(service, fine, "screen-fine");
  const running = await deliver(service, slow, "screen-slow");
  await until(
    () => store.build(running),
    (build) => build?.task?.children.some(({ method, state }) => method === "buildArch" && state === "OPEN") === true,
  );
  await fetch(`${service.url}/webhooks/github`, {
    method: "POST",
    body: "{}",
    headers: { "x-github-event": "push", "x-github-delivery": "stranger", "x-hub-signature-256": "sha256=0" },
  });
  return {
    url: service.url,
    worlds,
    store,
    running,
    failed,
    delivery: "screen-failed",
    signIn: (page) => signIn(page, service.url, ENV.API_TOKEN),
    async close() {
      await service.stop();
      await worlds.close();
    },
  };
}

/** The build that the delivery made first. */
async function deliver(service: Service, { forge, event, payload }: Story, id: string): Promise<string> {
  const answer = await send(service.url, forge, { event, payload, id });
  return answer?.json.builds[0] ?? "";
}

export async function signIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("API token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}
