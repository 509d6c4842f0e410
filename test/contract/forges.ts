import { createHash } from "node:crypto";
import { createForgejoClient } from "../../src/adapters/forge/forgejo/client.ts";
import { createGitHubClient } from "../../src/adapters/forge/github/client.ts";
import { createGitLabClient } from "../../src/adapters/forge/gitlab/client.ts";
import type { CommitStatus } from "../../src/domain/report.ts";
import type { Forge } from "../../src/ports/forge.ts";
import type { ForgeWorld } from "../../src/simulator/forge/world.ts";

export const MARKER = "<!-- kojibridge:1 -->";
export const SHA = "5937ac0a7beb003549fc5fd26fc247adbce4a52e";

export interface Overrides {
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

type Token = string | (() => string);

const USER_AGENT = "kojibridge/test";

function options(token: Token, overrides: Overrides) {
  return {
    forge: "the-forge",
    token: typeof token === "string" ? () => token : token,
    userAgent: USER_AGENT,
    timeoutMs: 5000,
    ...overrides,
  };
}

export function createGitHub(world: ForgeWorld, token: Token, overrides: Overrides = {}): Forge {
  return createGitHubClient({ apiUrl: world.gitHubUrl, ...options(token, overrides) });
}

export function createGitLab(world: ForgeWorld, token: Token, overrides: Overrides = {}): Forge {
  return createGitLabClient({ url: world.url, ...options(token, overrides) });
}

export function createForgejo(world: ForgeWorld, token: Token, overrides: Overrides = {}): Forge {
  return createForgejoClient({ url: world.url, ...options(token, overrides) });
}

export function status(over: Partial<CommitStatus>): CommitStatus {
  return {
    context: "koji/f42",
    state: "pending",
    description: "accepted",
    targetUrl: "https://koji.example.org/1",
    ...over,
  };
}

/** A commit id that is always the same for a name. */
export function shaOf(seed: string): string {
  return createHash("sha1").update(seed).digest("hex");
}
