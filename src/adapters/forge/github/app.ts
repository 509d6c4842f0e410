import { createPrivateKey, sign } from "node:crypto";
import { KojibridgeError } from "../../../domain/errors.ts";
import { createHttp, type HttpOptions } from "../http.ts";
import type { Observe } from "../meter.ts";
import { readObject } from "../reader.ts";

// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app

export interface GitHubApp {
  readonly id: number;
  /** PEM, as GitHub gives it; read for every token. */
  readonly privateKey: () => string;
  /** Asked of GitHub for each owner when null. */
  readonly installation: number | null;
}

export interface AppTokensOptions {
  readonly app: GitHubApp;
  readonly apiUrl: string;
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly meter?: Observe | undefined;
}

/** What an App shows itself with: to a repo as its installation there, to GitHub as the App. */
export interface AppTokens {
  readonly token: HttpOptions["token"];
  /** After a refusal: an installation that was suspended and taken back has other tokens. */
  forget(): void;
}

const MINUTE = 60;
/** Tokens live for an hour; renewed while there is time left for whatever was begun. */
const RENEW_MS = 5 * MINUTE * 1000;

export function createAppTokens({ app, apiUrl, userAgent, timeoutMs, now, meter }: AppTokensOptions): AppTokens {
  const root = apiUrl.replace(/\/+$/, "");
  const own = () => createJwt(app, now());
  const send = createHttp({ forge: "github", token: own, timeoutMs, now, meter });
  const known = new Map<string, Promise<{ token: string; until: number }>>();

  async function ask(method: "GET" | "POST", path: string) {
    const headers = { accept: "application/vnd.github+json", "user-agent": userAgent };
    const answer = await send({ method, url: `${root}${path}`, headers, body: null });
    return readObject(await answer.json());
  }

  async function take(repo: string): Promise<{ token: string; until: number }> {
    const id = app.installation ?? (await ask("GET", `/repos/${repo}/installation`)).id("id");
    const made = await ask("POST", `/app/installations/${id}/access_tokens`);
    return { token: made.text("token"), until: made.time("expires_at") };
  }

  /** Asked once for all who need it at the same time; a failure is not remembered. */
  async function tokenFor(owner: string, repo: string): Promise<string> {
    const cached = known.get(owner);
    const found = await cached?.catch(() => null);
    if (found && found.until - RENEW_MS > now()) return found.token;
    if (known.get(owner) === cached) known.set(owner, take(`${owner}/${repo}`));
    const taken = known.get(owner) ?? take(`${owner}/${repo}`);
    taken.catch(() => known.get(owner) === taken && known.delete(owner));
    return (await taken).token;
  }

  return {
    token({ url }) {
      const [, owner, repo] = /^\/repos\/([^/]+)\/([^/]+)/.exec(url.slice(root.length)) ?? [];
      return owner === undefined || repo === undefined ? own() : tokenFor(owner.toLowerCase(), repo);
    },
    forget: () => known.clear(),
  };
}

/** Good for nine minutes, from one minute ago: GitHub takes ten at most, and clocks differ. */
function createJwt({ id, privateKey }: GitHubApp, now: number): string {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - MINUTE, exp: seconds + 9 * MINUTE, iss: String(id) };
  const text = [{ alg: "RS256", typ: "JWT" }, claims].map((part) => encode(JSON.stringify(part))).join(".");
  return `${text}.${encode(sign("RSA-SHA256", Buffer.from(text), parseKey(privateKey())))}`;
}

/** The error of crypto itself is not kept: it may tell of the key. */
function parseKey(pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    const message = "the App's private key is no PEM key: give the file that GitHub made, whole";
    throw new KojibridgeError("auth", message, { code: "github.key" });
  }
}

function encode(data: string | Buffer): string {
  return Buffer.from(data).toString("base64url");
}
