import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { toRequest } from "../../src/simulator/forge/deliver.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createHubWorld, type HubWorld, type HubWorldOptions } from "../../src/simulator/hub/index.ts";

export const ENV = {
  KOJI_PASSWORD: "kojibridge-test-password",
  OAUTH_SECRET: "oauth-secret-of-the-test",
  API_TOKEN: "api-token-of-the-test-and-long-enough",
  GITHUB_TOKEN: "github-token-of-the-test",
  GITHUB_SECRET: "github-secret-of-the-test",
  FORGEJO_TOKEN: "forgejo-token-of-the-test",
  FORGEJO_SECRET: "forgejo-secret-of-the-test",
  GITLAB_TOKEN: "gitlab-token-of-the-test",
  GITLAB_SECRET: "gitlab-secret-of-the-test",
};

const RULES = `
rules:
  - { name: push, repos: ["github:**", "work:**", "forgejo:**"], on: push, build: { hub: koji, target: f42-candidate, scratch: true } }
  - { name: mr, repos: ["github:**", "work:**", "forgejo:**"], on: merge_request, build: { hub: koji, target: [f42-candidate, c9s-candidate], scratch: true } }
  - { name: tag, repos: ["github:**", "work:**", "forgejo:**"], on: tag, build: { hub: koji, target: f42-candidate, scratch: false } }
`;

export interface TestWorlds {
  readonly hub: HubWorld;
  readonly forge: ForgeWorld;
  /** Where configuration and database lie. */
  readonly directory: string;
  readonly config: Config;
  readonly yaml: string;
  close(): Promise<void>;
}

export interface TestWorldsOptions extends HubWorldOptions {
  readonly rules?: string;
  readonly pollInterval?: string;
  readonly forks?: "approve" | "scratch" | "never";
  /** Whether every branch and tag of every repo is protected; they are. */
  readonly isProtected?: boolean;
}

/** A hub and three forges with `rpms/hello` and friends, a bot that may write there, and a configuration for them. */
export async function openTestWorlds({
  rules = RULES,
  pollInterval = "50ms",
  forks = "scratch",
  ...options
}: TestWorldsOptions = {}): Promise<TestWorlds> {
  const hub = createHubWorld({ speed: 50, ...options });
  await hub.listen();
  const forge = await createForgeWorld();
  forge.addUser("bot", { token: ENV.GITHUB_TOKEN });
  forge.addUser("bot", { token: ENV.GITLAB_TOKEN });
  forge.addUser("bot", { token: ENV.FORGEJO_TOKEN });
  forge.addUser("maintainer", { token: "token-of-a-maintainer" });
  forge.addUser("visitor", { token: "token-of-a-visitor" });
  forge.addOAuthApp({ clientId: "kojibridge", clientSecret: ENV.OAUTH_SECRET });
  const directory = mkdtempSync(join(tmpdir(), "kojibridge-e2e-"));
  const yaml = `
server: { api_token: { env: API_TOKEN }, listen: 127.0.0.1:0, rate_limit: off }
hubs:
  koji:
    url: ${hub.url}
    web_url: ${hub.webUrl}
    auth: { method: password, username: kojibridge, password: { env: KOJI_PASSWORD } }
    poll_interval: ${pollInterval}
forges:
  github: { type: github, api_url: ${forge.gitHubUrl}, token: { env: GITHUB_TOKEN }, webhook_secret: { env: GITHUB_SECRET }, oauth: { client_id: kojibridge, client_secret: { env: OAUTH_SECRET } } }
  work: { type: gitlab, url: ${forge.url}, token: { env: GITLAB_TOKEN }, webhook_secret: { env: GITLAB_SECRET }, oauth: { client_id: kojibridge, client_secret: { env: OAUTH_SECRET } } }
  forgejo: { type: forgejo, url: ${forge.url}, token: { env: FORGEJO_TOKEN }, webhook_secret: { env: FORGEJO_SECRET }, oauth: { client_id: kojibridge, client_secret: { env: OAUTH_SECRET } } }
forks: ${forks}
${rules}`;
  const loaded = parseConfig(yaml, join(directory, "kojibridge.yaml"), { env: ENV });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return {
    hub,
    forge,
    directory,
    yaml,
    config: loaded.config,
    async close() {
      await Promise.all([hub.close(), forge.close()]);
      rmSync(directory, { recursive: true });
    },
  };
}

const SENDERS = {
  github: { dialect: "github", secret: ENV.GITHUB_SECRET },
  work: { dialect: "gitlab", secret: ENV.GITLAB_SECRET },
  forgejo: { dialect: "forgejo", secret: ENV.FORGEJO_SECRET },
} as const;

/** Sends a signed delivery; the answer, or null when nobody answered. */
export async function send(
  url: string,
  forge: keyof typeof SENDERS,
  delivery: { readonly event: string; readonly payload: unknown; readonly id: string },
  signal: AbortSignal | null = null,
): Promise<{
  readonly status: number;
  readonly json: { builds: string[]; ignored: string | null; duplicate: boolean };
} | null> {
  try {
    const response = await fetch(`${url}/webhooks/${forge}`, {
      method: "POST",
      signal,
      ...toRequest({ ...SENDERS[forge], ...delivery }),
    });
    return { status: response.status, json: (await response.json()) as never };
  } catch {
    return null;
  }
}

/** Polls until it holds; fails with what was seen last. */
export async function until<T>(look: () => T | Promise<T>, holds: (seen: T) => boolean, ms = 20_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end)
      throw new Error(`never happened; last seen: ${JSON.stringify(seen, null, 1)?.slice(0, 4000)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
