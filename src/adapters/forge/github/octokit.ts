import { Octokit } from "@octokit/core";
import { KojibridgeError } from "../../../domain/errors.ts";
import { createHttp, type HttpOptions } from "../http.ts";
import type { Observe } from "../meter.ts";

/** The most GitHub gives. */
export const PER_PAGE = 100;

export interface OctokitOptions {
  /** `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server. */
  readonly apiUrl: string;
  /** Read for every request. */
  readonly token: HttpOptions["token"];
  readonly userAgent: string;
  readonly timeoutMs: number;
  /** The time in epoch milliseconds. */
  readonly now?: () => number;
  readonly meter?: Observe | undefined;
}

/**
 * Octokit for paths, parameters and types; the wire is ours, so that a timeout covers the body, a redirect keeps its method
 * and every failure says what to do next (`http.ts`).
 */
export function createOctokit({ apiUrl, token, userAgent, timeoutMs, now = Date.now, meter }: OctokitOptions): Octokit {
  const send = createHttp({ forge: "github", token, timeoutMs, now, meter });
  const octokit = new Octokit({
    baseUrl: apiUrl.replace(/\/+$/, ""),
    userAgent,
    request: {
      // Deprecation notices would go to the console, in between our log.
      log: { warn: () => {} },
      fetch: (
        url: string,
        { method, headers, body }: { method: string; headers: Record<string, string>; body?: string },
      ) => send({ method, url, headers, body: body ?? null }),
    },
  });
  octokit.hook.wrap("request", async (request, options) => {
    options.headers["x-github-api-version"] = "2022-11-28";
    return Promise.resolve(request(options)).catch((error: unknown) => {
      // Octokit wraps what fetch throws, together with the whole request.
      throw error instanceof Error && error.cause instanceof KojibridgeError ? error.cause : error;
    });
  });
  return octokit;
}

export interface RepoName {
  readonly owner: string;
  readonly repo: string;
}

/** Both parts are encoded by Octokit; dots alone would climb in the URL all the same. */
export function splitPath(path: string): RepoName {
  const [owner, repo, ...rest] = path.split("/");
  if (!owner || !repo || rest.length > 0 || [owner, repo].some((part) => /^\.\.?$/.test(part))) {
    throw new KojibridgeError("invalid", `${JSON.stringify(path)} is not a GitHub repo: write owner/name`);
  }
  return { owner, repo };
}
