import type { Config } from "../config/config.ts";
import type { Sendings } from "../ports/catch-up.ts";
import { version } from "./version.ts";

const TIMEOUT_MS = 30_000;

/** The forges that tell what they could not deliver: GitHub's repo webhooks, to a token that may administer the repo. */
export async function createSendings({ forges }: Config): Promise<Map<string, Sendings>> {
  const all = new Map<string, Sendings>();
  for (const forge of Object.values(forges)) {
    if (forge.type !== "github" || forge.token === null) continue;
    const { name, apiUrl, token } = forge;
    const { createGitHubSendings } = await import("../adapters/forge/github/catch-up.ts");
    const options = { forge: name, apiUrl, token: () => token.reveal(), timeoutMs: TIMEOUT_MS };
    all.set(name, createGitHubSendings({ ...options, userAgent: `kojibridge/${version()}` }));
  }
  return all;
}
