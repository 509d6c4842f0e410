import { isKind } from "../../../domain/errors.ts";
import { createHttp } from "../http.ts";
import { aheadOf, type ForgeProbe, type ProbeOptions, toTime } from "../probe.ts";
import { readObject } from "../reader.ts";
import { createAppTokens, type GitHubApp } from "./app.ts";

/** Everything there is to know comes with the answer to `GET /user`. */
export function createGitHubProbe({ url, token, userAgent, timeoutMs }: ProbeOptions): ForgeProbe {
  const send = createHttp({ forge: "github", token, timeoutMs, now: Date.now });
  const headers = {
    accept: "application/vnd.github+json",
    "user-agent": userAgent,
    "x-github-api-version": "2022-11-28",
  };
  let asked: Promise<Response | null> | undefined;
  const ask = () => {
    asked ??= orApp(send({ method: "GET", url: `${url}/user`, headers, body: null }));
    return asked;
  };
  return {
    async account() {
      const answer = await ask();
      if (answer === null) return { login: null, ahead: null };
      return { login: readObject(await answer.json()).text("login"), ahead: aheadOf(answer.headers) };
    },
    async grant() {
      const answer = await ask();
      if (answer === null) return { scopes: null, expiresAt: null };
      return { scopes: scopesOf(answer.headers, token()), expiresAt: expiryOf(answer.headers) };
    },
  };
}

/** Of an App the scopes are its permissions, as `checks:write`. */
export function createGitHubAppProbe(options: Omit<ProbeOptions, "token"> & { readonly app: GitHubApp }): ForgeProbe {
  const { url, userAgent, timeoutMs } = options;
  const { token } = createAppTokens({ ...options, apiUrl: url, now: Date.now });
  const send = createHttp({ forge: "github", token, timeoutMs, now: Date.now });
  let asked: Promise<Response> | undefined;
  const ask = async () => {
    asked ??= send({ method: "GET", url: `${url}/app`, headers: { "user-agent": userAgent }, body: null });
    return (await asked).clone();
  };
  return {
    async account() {
      const answer = await ask();
      return { login: `${readObject(await answer.json()).text("slug")}[bot]`, ahead: aheadOf(answer.headers) };
    },
    async grant() {
      const permissions = readObject(await (await ask()).json()).at("permissions");
      return { scopes: permissions.keys().map((name) => `${name}:${permissions.text(name)}`), expiresAt: null };
    },
  };
}

/** Tokens of Apps and Actions have no `/user`: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible */
async function orApp(answer: Promise<Response>): Promise<Response | null> {
  return answer.catch((error: unknown) => {
    if (isKind(error, "rejected") && /not accessible by integration/i.test(error.message)) return null;
    throw error;
  });
}

const CLASSIC = /^(?:ghp_|[0-9a-f]{40}$)/;

/** Only classic tokens have scopes; others come without the header, or with an empty one (https://github.com/cli/cli/pull/6546). */
function scopesOf(headers: Headers, token: string): string[] | null {
  const scopes = headers
    .get("x-oauth-scopes")
    ?.split(/[\s,]+/)
    .filter((scope) => scope !== "");
  return scopes === undefined || (scopes.length === 0 && !CLASSIC.test(token)) ? null : scopes;
}

/** Some fine-grained tokens came with the time of the answer instead (https://github.com/google/go-github/issues/3708). */
function expiryOf(headers: Headers): number | null {
  const expiry = toTime(headers.get("github-authentication-token-expiration"));
  return expiry !== null && expiry > Date.now() + 60_000 ? expiry : null;
}
