import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import { deliver } from "../../simulator/forge/deliver.ts";
import { EXIT } from "../exit.ts";
import { createLog } from "../log.ts";
import { openParts } from "../parts.ts";
import { type Service, serve } from "../serve.ts";
import { DEMO_ENV, demoConfig, demoYaml } from "./config.ts";
import { story } from "./story.ts";
import { faultsOf } from "./verdict.ts";
import { createView } from "./view.ts";
import { openWorlds, type Worlds } from "./worlds.ts";

const PATIENCE_MS = 50_000;
const LOOK_EVERY_MS = 100;
const KEEP_LISTEN = "127.0.0.1:8080";

const print = (line: string) => void process.stdout.write(`${line}\n`);

export function demoCommand(): Command {
  return new Command("demo")
    .description("Show the bridge at work: a simulated Koji hub and simulated forges, real deliveries, no network.")
    .option("--keep", "go on serving afterwards, until Ctrl-C")
    .action(async (options: { keep?: boolean }) => {
      const directory = mkdtempSync(join(tmpdir(), "kojibridge-demo-"));
      const worlds = await openWorlds(story);
      const stop = async (service: Service) => {
        await service.stop();
        await worlds.close();
        rmSync(directory, { recursive: true });
      };
      const service = await startService(worlds, directory, options.keep === true);
      const faults = await play(service, worlds);
      if (faults.length > 0) process.exitCode = EXIT.failed;
      if (options.keep !== true) return stop(service);
      print(`\nStill serving on ${service.url}; try ${service.url}/api/builds, or Ctrl-C.`);
      process.once("SIGINT", () => void stop(service));
    });
}

async function startService(worlds: Worlds, directory: string, keep: boolean): Promise<Service> {
  const { hub, forge } = worlds;
  const at = { hub: hub.url, web: hub.webUrl, github: forge.gitHubUrl, gitlab: forge.url, forgejo: forge.url };
  const yaml = demoYaml(at, keep ? KEEP_LISTEN : "127.0.0.1:0");
  print(`# kojibridge.yaml of this demo\n${yaml}`);
  const config = demoConfig(yaml, join(directory, "kojibridge.yaml"));
  const log = createLog(Object.values(DEMO_ENV), "warn");
  return serve(config, await openParts(config, log), log);
}

const KEYS = {
  github: { secret: DEMO_ENV.GITHUB_WEBHOOK_SECRET },
  gitlab: { signingToken: DEMO_ENV.GITLAB_SIGNING },
  forgejo: { secret: DEMO_ENV.FORGEJO_WEBHOOK_SECRET },
} as const;

/** Every delivery, twice for good measure, then wait for the last word. */
async function play(service: Service, worlds: Worlds): Promise<string[]> {
  const view = createView(worlds.forge, story, print);
  for (const { title, example } of story) {
    const delivery = { ...example, ...KEYS[example.dialect], id: `demo-${example.dialect}-${example.name}` };
    const url = `${service.url}/webhooks/${example.dialect}`;
    const first = await deliver(url, delivery);
    const second = await deliver(url, delivery);
    print(`> ${title}: ${first.status} ${first.body}`);
    if (!second.body.includes('"duplicate":true')) return [`${title}: the second copy was not recognised`];
  }
  print("");
  const faults = await settle(worlds, view.update);
  view.summary();
  print(
    faults.length === 0
      ? "\nAll as expected."
      : `\nNot as expected:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
  );
  return faults;
}

async function settle(worlds: Worlds, update: () => void): Promise<string[]> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    update();
    const faults = faultsOf(worlds, story);
    if (faults.length === 0 || Date.now() > until) return faults;
    await delay(LOOK_EVERY_MS);
  }
}
