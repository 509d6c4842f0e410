import { createHash } from "node:crypto";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Attempt, Identity } from "../../ports/identity.ts";
import { type Reader, readObject } from "./reader.ts";

export interface OAuthOptions {
  readonly type: "github" | "gitlab" | "forgejo";
  /** The address people use. */
  readonly webUrl: string;
  /** REST API: of GitHub the configured one, of the others below `webUrl`. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: () => string;
  readonly timeoutMs: number;
}

/**
 * Paths of the two steps, and the least scope that lets us ask who somebody is.
 *
 * Sources: https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps,
 * https://docs.gitlab.com/api/oauth2/, https://forgejo.org/docs/latest/user/oauth2-provider/
 */
const DIALECTS = {
  github: { page: "/login/oauth/authorize", token: "/login/oauth/access_token", scope: "", login: "login" },
  gitlab: { page: "/oauth/authorize", token: "/oauth/token", scope: "read_user", login: "username" },
  forgejo: { page: "/login/oauth/authorize", token: "/login/oauth/access_token", scope: "read:user", login: "login" },
} as const;

/** Signing in with a forge: the authorization code grant with PKCE. */
export function createIdentity({ type, webUrl, apiUrl, clientId, clientSecret, timeoutMs }: OAuthOptions): Identity {
  const { page, token, scope, login } = DIALECTS[type];

  async function call(url: string, init: RequestInit): Promise<Reader> {
    const headers = { accept: "application/json", "user-agent": "kojibridge", ...init.headers };
    const answer = await reach(() => fetch(url, { ...init, headers, signal: AbortSignal.timeout(timeoutMs) }));
    const text = await reach(() => answer.text());
    if (answer.status >= 500) throw new KojibridgeError("transient", `the forge answered ${answer.status}`);
    const json = readObject(parse(text));
    // GitHub says 200 to a code it does not take.
    const problem = json.textOr("error", "");
    if (answer.ok && problem === "") return json;
    throw new KojibridgeError("rejected", `the forge does not let them in: ${problem || answer.status}`);
  }

  return {
    page({ state, verifier, redirect }) {
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      const query = new URLSearchParams({
        ...{ client_id: clientId, redirect_uri: redirect, response_type: "code", state },
        ...{ code_challenge: challenge, code_challenge_method: "S256", ...(scope === "" ? {} : { scope }) },
      });
      return `${webUrl}${page}?${query}`;
    },
    async person(code, { verifier, redirect }: Attempt) {
      const body = new URLSearchParams({
        ...{ client_id: clientId, client_secret: clientSecret(), code, redirect_uri: redirect },
        ...{ grant_type: "authorization_code", code_verifier: verifier },
      });
      const given = await call(webUrl + token, { method: "POST", body });
      const headers = { authorization: `Bearer ${given.text("access_token")}` };
      const user = await call(`${apiUrl}/user`, { headers });
      return { id: user.id("id"), login: user.text(login) };
    },
  };
}

async function reach<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new KojibridgeError("transient", "the forge does not answer", { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KojibridgeError("rejected", "the forge's answer is not JSON");
  }
}
