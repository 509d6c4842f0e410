import type { Pipeline } from "../../ci/pipeline.ts";
import type { Forge } from "../../ports/forge.ts";
import { version } from "../version.ts";

const TIMEOUT_MS = 30_000;

/** The pipeline's forge, where somebody gave us a token for it: without one, results stay in the job. */
export async function openForges(
  { kind, forgeUrl }: Pipeline,
  token: string | null,
): Promise<ReadonlyMap<string, Forge>> {
  if (token === null || forgeUrl === null) return new Map();
  const common = { forge: kind, token: () => token, userAgent: `kojibridge/${version()}`, timeoutMs: TIMEOUT_MS };
  if (kind === "github") {
    const { createGitHubClient } = await import("../../adapters/forge/github/client.ts");
    return new Map([["github", createGitHubClient({ ...common, apiUrl: forgeUrl })]]);
  }
  const { createGitLabClient } = await import("../../adapters/forge/gitlab/client.ts");
  return new Map([["gitlab", createGitLabClient({ ...common, url: forgeUrl })]]);
}
