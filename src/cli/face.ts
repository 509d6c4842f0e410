import { createIdentity } from "../adapters/forge/oauth.ts";
import type { OpenHub } from "../adapters/koji/index.ts";
import { createStart } from "../app/by-hand.ts";
import { createCommands } from "../app/commands.ts";
import { createReplay } from "../app/replay.ts";
import type { Config, ForgeConfig } from "../config/config.ts";
import { createMask } from "../domain/digest/mask.ts";
import type { ApiDeps } from "../http/api/deps.ts";
import type { DashboardDeps, ForgePlace } from "../http/dashboard/deps.ts";
import { createHubLook, type HubPlace, hubJson } from "../http/hubs.ts";
import type { Refusals } from "../http/refusals.ts";
import { createRights } from "../http/visitor/rights.ts";
import { createSessions } from "../http/visitor/session.ts";
import { createDoorkeeper } from "../http/visitor/visitor.ts";
import type { Identity } from "../ports/identity.ts";
import type { Log } from "../ports/runtime.ts";
import type { Bridge } from "./bridge.ts";
import { type OpenParts, secretsOf } from "./parts.ts";
import { version } from "./version.ts";

/** What people and programs see of a bridge. */
export interface Face {
  readonly dashboard: DashboardDeps;
  readonly api: ApiDeps;
}

export function createFace(config: Config, parts: OpenParts, bridge: Bridge, refusals: Refusals, log: Log): Face {
  const { store, now, webUrl, receivers } = parts;
  const { publicUrl } = config.server;
  const { nudge, ingest } = bridge;
  const sessions = createSessions(sessionSecrets(config), now);
  const apiToken = config.server.apiToken?.reveal() ?? null;
  const doorkeeper = createDoorkeeper({ sessions, apiToken, publicUrl });
  const commands = createCommands({ store, now, nudge });
  const replay = createReplay({ inbox: store, receivers, ingest, now });
  const hubs = new Map([...parts.hubs].map(([name, hub]) => [name, toHub(name, hub, parts)]));
  const forges = new Map(Object.values(config.forges).map((forge) => [forge.name, toForge(forge, parts)]));
  const hubLook = createHubLook(now);
  const forgeUrl = (forge: string) => forges.get(forge)?.webUrl ?? null;
  const common = { commands, replay };
  return {
    dashboard: {
      ...common,
      ...{ gallery: store, hubs, hubLook, forges, refusals, doorkeeper, publicUrl, log, now },
      roles: parts.roles,
      identities: toIdentities(config),
      rights: createRights(parts.facts, now),
      mask: createMask(secretsOf(config)),
    },
    api: {
      ...common,
      ...{ store, webUrl, version: version(), isToken: doorkeeper.isToken },
      start: createStart({ ...parts, forgeUrl, nudge }),
      hubs: () => Promise.all([...hubs.values()].map((hub) => toHubJson(hub, parts, hubLook(hub)))),
    },
  };
}

/** More of them than this are told as this many. */
const MOST_RUNNING = 1000;

async function toHubJson(hub: HubPlace, { store }: OpenParts, look: Parameters<typeof hubJson>[1]) {
  const running = await store.buildPage({ hub: hub.name, phases: ["running"] }, MOST_RUNNING, null);
  return hubJson(hub, look, running.items.length);
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
  const { name, type } = forge;
  return {
    name,
    type,
    webUrl: webAddress(forge),
    login: () => ownLogin(name),
    budget: () => budgets.get(name)?.read() ?? null,
  };
}

const SIGN_IN_TIMEOUT_MS = 10_000;

function toIdentities({ forges }: Config): Map<string, Identity> {
  const able = Object.values(forges).flatMap((forge): [string, Identity][] => {
    if (forge.oauth === null) return [];
    const { clientId, clientSecret } = forge.oauth;
    const webUrl = webAddress(forge);
    const apiUrl = forge.type === "github" ? forge.apiUrl : `${webUrl}/api/${forge.type === "gitlab" ? "v4" : "v1"}`;
    const client = { clientId, clientSecret: () => clientSecret.reveal(), timeoutMs: SIGN_IN_TIMEOUT_MS };
    return [[forge.name, createIdentity({ type: forge.type, webUrl, apiUrl, ...client })]];
  });
  return new Map(able);
}

/** Of GitHub the configuration only has the API's address. */
function webAddress(forge: ForgeConfig): string {
  if (forge.type !== "github") return forge.url;
  return forge.apiUrl === "https://api.github.com" ? "https://github.com" : forge.apiUrl.replace(/\/api\/v3$/, "");
}
