import { createForgejoProbe } from "../../adapters/forge/forgejo/probe.ts";
import { createGitHubAppProbe, createGitHubProbe } from "../../adapters/forge/github/probe.ts";
import { createGitLabProbe } from "../../adapters/forge/gitlab/probe.ts";
import type { ForgeProbe } from "../../adapters/forge/probe.ts";
import type { Config, ForgeConfig, HubConfig } from "../../config/config.ts";
import { resolveHub } from "../hubs.ts";
import { toGitHubApp } from "../parts.ts";
import { version } from "../version.ts";
import { type Attempt, createPatience } from "./attempt.ts";
import type { Check } from "./check.ts";
import { judgeForge } from "./forge-verdict.ts";
import { askHub } from "./hub-facts.ts";
import { judgeHub } from "./hub-verdict.ts";
import { forgeNeeds, hubNeeds } from "./needs.ts";

/** Milliseconds until whatever has not answered counts as not answering; logging out comes on top. */
const PATIENCE = 20_000;
const REQUEST_TIMEOUT = 15_000;

/** Asks all hubs and forges side by side; none keeps another from being asked. */
export async function examine(config: Config, patience = PATIENCE): Promise<Check[]> {
  const { attempt, stop } = createPatience(patience);
  try {
    const checks = await Promise.all([
      ...Object.values(config.hubs).map((hub) => examineHub(config, hub, attempt)),
      ...Object.values(config.forges).map((forge) => examineForge(config, forge, attempt)),
    ]);
    return checks.flat();
  } finally {
    stop();
  }
}

async function examineHub(config: Config, hub: HubConfig, attempt: Attempt): Promise<Check[]> {
  const needs = hubNeeds(config, hub.name);
  const address = await attempt(() => resolveHub(hub));
  const { name } = hub;
  if (!address.ok) return judgeHub({ name, url: hub.url, method: null }, needs, address);
  const { url, auth } = address.value.options;
  const facts = await askHub(address.value.options, needs, attempt);
  return judgeHub({ name, url, method: auth.method }, needs, facts);
}

async function examineForge(config: Config, forge: ForgeConfig, attempt: Attempt): Promise<Check[]> {
  const probe = createProbe(forge);
  const [account, grant] = await Promise.all([attempt(() => probe.account()), attempt(() => probe.grant())]);
  return judgeForge(forge, forgeNeeds(config, forge.name), { account, grant }, Date.now());
}

function createProbe(forge: ForgeConfig): ForgeProbe {
  const common = {
    token: () => forge.token?.reveal() ?? "",
    userAgent: `kojibridge/${version()}`,
    timeoutMs: REQUEST_TIMEOUT,
  };
  switch (forge.type) {
    case "github":
      return forge.app === null
        ? createGitHubProbe({ ...common, url: forge.apiUrl })
        : createGitHubAppProbe({ ...common, url: forge.apiUrl, app: toGitHubApp(forge.app) });
    case "gitlab":
      return createGitLabProbe({ ...common, url: forge.url });
    case "forgejo":
      return createForgejoProbe({ ...common, url: forge.url });
  }
}
