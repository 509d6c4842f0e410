import type { Octokit } from "@octokit/core";
import { isKind } from "../../../domain/errors.ts";
import type { Missed, Sendings } from "../../../ports/catch-up.ts";
import { type Reader, readObject } from "../reader.ts";
import { createOctokit, PER_PAGE, splitPath } from "./octokit.ts";

/** GitHub keeps them for three days: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/viewing-webhook-deliveries */
const MOST_PAGES = 10;

export interface GitHubSendingsOptions {
  /** The forge's name in our configuration: our webhooks end in `/webhooks/NAME`. */
  readonly forge: string;
  readonly apiUrl: string;
  /** Of an account that may administer the repo: nobody else sees its webhooks. */
  readonly token: () => string;
  readonly userAgent: string;
  readonly timeoutMs: number;
}

/** https://docs.github.com/en/rest/repos/webhooks */
export function createGitHubSendings(options: GitHubSendingsOptions): Sendings {
  const octokit = createOctokit(options);
  return {
    async missed(repo, since) {
      const hooks = await ourHooks(octokit, repo, options.forge);
      if (hooks === null) return null;
      const all: Missed[] = [];
      for (const hook of hooks) all.push(...(await missedOf(octokit, repo, hook, since)));
      return all.sort((a, b) => a.at - b.at);
    },
    async resend({ repo, hook, sending }) {
      const where = { ...splitPath(repo), hook_id: hook, delivery_id: sending };
      await octokit.request("POST /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts", where);
    },
  };
}

/** "404 Not Found" is what GitHub says to those who may not know. */
async function ourHooks(octokit: Octokit, repo: string, forge: string): Promise<number[] | null> {
  try {
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/hooks", {
      ...splitPath(repo),
      per_page: PER_PAGE,
    });
    const hooks = readObject({ list: data }).list("list");
    const ours = hooks.filter((hook) => hook.at("config").textOr("url", "").endsWith(`/webhooks/${forge}`));
    return ours.map((hook) => hook.id("id"));
  } catch (error) {
    if (isKind(error, "rejected")) return null;
    throw error;
  }
}

/** One guid has several sendings: missed is what none of them brought to us. Newest first, by cursor. */
async function missedOf(octokit: Octokit, repo: string, hook: number, since: number): Promise<Missed[]> {
  const taken = new Set<string>();
  const failed = new Map<string, Missed>();
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer: { readonly data: unknown; readonly headers: { readonly link?: string } } = await octokit.request(
      "GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries",
      {
        ...{ ...splitPath(repo), hook_id: hook, per_page: PER_PAGE },
        ...(cursor === null ? {} : { cursor }),
      },
    );
    const recent = readObject({ list: answer.data })
      .list("list")
      .filter((sending) => sending.time("delivered_at") >= since);
    for (const sending of recent) {
      const { delivery, ...rest } = toMissed(sending, repo, hook);
      if (isTaken(sending)) taken.add(delivery);
      else if (!failed.has(delivery)) failed.set(delivery, { delivery, ...rest });
    }
    cursor = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(answer.headers.link ?? "")?.[1] ?? null;
    if (cursor === null || recent.length === 0) break;
  }
  return [...failed.values()].filter(({ delivery }) => !taken.has(delivery));
}

/** `status_code` is 0 when nobody answered. */
function isTaken(sending: Reader): boolean {
  const status = sending.count("status_code");
  return status >= 200 && status < 300;
}

function toMissed(sending: Reader, repo: string, hook: number): Missed {
  return {
    ...{ repo, hook, sending: sending.id("id") },
    delivery: sending.text("guid"),
    event: sending.text("event"),
    at: sending.time("delivered_at"),
  };
}
