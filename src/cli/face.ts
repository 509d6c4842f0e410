import type { OpenHub } from "../adapters/koji/index.ts";
import { createReplay } from "../app/replay.ts";
import type { Config, ForgeConfig } from "../config/config.ts";
import { createMask } from "../domain/digest/mask.ts";
import type { DashboardDeps, ForgePlace, HubPlace } from "../http/dashboard/deps.ts";
import type { Refusals } from "../http/refusals.ts";
import { createRights } from "../http/visitor/rights.ts";
import { createSessions } from "../http/visitor/session.ts";
import { createDoorkeeper } from "../http/visitor/visitor.ts";
import type { Log } from "../ports/runtime.ts";
import type { Bridge } from "./bridge.ts";
import { type OpenParts, secretsOf } from "./parts.ts";

/** What people see of a bridge: the dashboard's parts. */
export function createFace(
  config: Config,
  parts: OpenParts,
  bridge: Bridge,
  refusals: Refusals,
  log: Log,
): DashboardDeps {
  const { store, receivers, now } = parts;
  const { publicUrl } = config.server;
  const apiToken = config.server.apiToken?.reveal() ?? null;
  const sessions = createSessions(sessionSecrets(config), now);
  return {
    gallery: store,
    hubs: new Map([...parts.hubs].map(([name, hub]) => [name, toHub(name, hub, parts)])),
    forges: new Map(Object.values(config.forges).map((forge) => [forge.name, toForge(forge, parts)])),
    refusals,
    commands: bridge.commands,
    replay: createReplay({ inbox: store, receivers, ingest: bridge.ingest, now }),
    doorkeeper: createDoorkeeper({ sessions, apiToken, publicUrl }),
    rights: createRights(parts.facts, now),
    mask: createMask(secretsOf(config)),
    publicUrl,
    log,
    now,
  };
}

/** What every process of this configuration has, and nobody else. */
function sessionSecrets({ server, forges }: Config): string[] {
  const secrets = Object.values(forges).map(({ oauth }) => oauth?.clientSecret ?? null);
  return [server.apiToken, ...secrets].flatMap((secret) => (secret === null ? [] : [secret.reveal()]));
}

function toHub(name: string, { insight }: OpenHub, { webUrl }: OpenParts): HubPlace {
  return { name, webUrl: webUrl(name), insight };
}

function toForge(forge: ForgeConfig, { ownLogin, budgets }: OpenParts): ForgePlace {
  const { name, type, oauth } = forge;
  return {
    name,
    type,
    webUrl: webAddress(forge),
    login: () => ownLogin(name),
    budget: () => budgets.get(name)?.read() ?? null,
    canSignIn: oauth !== null,
  };
}

/** Of GitHub the configuration only has the API's address. */
export function webAddress(forge: ForgeConfig): string {
  if (forge.type !== "github") return forge.url;
  return forge.apiUrl === "https://api.github.com" ? "https://github.com" : forge.apiUrl.replace(/\/api\/v3$/, "");
}
