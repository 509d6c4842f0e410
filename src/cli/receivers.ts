import { createForgejoReceiver } from "../adapters/forge/forgejo/webhook.ts";
import { createGitHubReceiver } from "../adapters/forge/github/webhook.ts";
import { createGitLabReceiver } from "../adapters/forge/gitlab/webhook.ts";
import type { ForgeConfig } from "../config/config.ts";
import type { ForgeReceiver } from "../ports/forge.ts";

/** The door of one configured forge. `keys` false: only to parse, its secrets were not read. */
export function createReceiver(config: ForgeConfig, keys: boolean): ForgeReceiver {
  const { name: forge } = config;
  const secrets = keys ? config.webhookSecrets.map((secret) => secret.reveal()) : [];
  if (config.type === "github") return createGitHubReceiver({ forge, secrets });
  if (config.type === "forgejo") return createForgejoReceiver({ forge, secrets });
  const signingTokens = keys ? config.signingTokens.map((token) => token.reveal()) : [];
  return createGitLabReceiver({ forge, secrets, signingTokens });
}
