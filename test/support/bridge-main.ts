import { PROCESS_ROLES } from "../../src/cli/bridge.ts";
import { createLog } from "../../src/cli/log.ts";
import { openParts, secretsOf } from "../../src/cli/parts.ts";
import { serve } from "../../src/cli/serve.ts";
import { loadConfig } from "../../src/config/load.ts";

/**
 * `serve`, but it kills itself with SIGKILL at a given step. A step is the moment before or after any call through a port
 * that changes something: all of `act` happens through these. With a third argument only those count whose name has it.
 */
const [file = "", dieAt = "0", counted = "", role = "all"] = process.argv.slice(2);
const loaded = loadConfig(file, { env: process.env });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));

let step = 0;
function reach(name: string): void {
  if (!name.includes(counted)) return;
  step += 1;
  process.stdout.write(`step ${step} ${name}\n`);
  if (step === Number(dieAt)) process.kill(process.pid, "SIGKILL");
}

const WATCHED = new Set([
  "accept",
  "save",
  "saveStatus",
  "saveComment",
  "session",
  "submit",
  "fence",
  "submittedSince",
  "failures",
  "logs",
  "log",
  "setStatus",
  "setComment",
  "wantSideTag",
  "claimSideTag",
  "saveSideTag",
  "createSideTag",
  "setSideTagMacros",
  "removeSideTag",
]);

function withSteps<T extends object>(part: T): T {
  return new Proxy(part, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || typeof name !== "string" || !WATCHED.has(name)) return method;
      return async (...args: unknown[]) => {
        reach(`before ${name}`);
        const answer: unknown = await method.apply(target, args);
        reach(`after ${name}`);
        return answer;
      };
    },
  });
}

function eachWithSteps<T extends object>(parts: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...parts].map(([name, part]) => [name, withSteps(part)]));
}

const log = createLog(secretsOf(loaded.config), "debug");
const parts = await openParts(loaded.config, log);
const service = await serve(
  loaded.config,
  { ...parts, store: withSteps(parts.store), hubs: eachWithSteps(parts.hubs), forges: eachWithSteps(parts.forges) },
  log,
  { role: PROCESS_ROLES.find((known) => known === role) ?? "all", listen: loaded.config.server.listen },
);
process.once("SIGTERM", () => void service.stop());
