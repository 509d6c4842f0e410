import { isForbidden } from "../forbidden.ts";
import { createHttp } from "../http.ts";
import { aheadOf, type ForgeProbe, type ProbeOptions, toTime } from "../probe.ts";
import { readObject } from "../reader.ts";

export function createGitLabProbe({ url, token, userAgent, timeoutMs }: ProbeOptions): ForgeProbe {
  const send = createHttp({ forge: "gitlab", token, timeoutMs, now: Date.now });
  const get = (path: string) =>
    send({ method: "GET", url: `${url}/api/v4/${path}`, headers: { "user-agent": userAgent }, body: null });
  return {
    async account() {
      const answer = await get("user");
      return { login: readObject(await answer.json()).text("username"), ahead: aheadOf(answer.headers) };
    },
    /** Whatever its scopes, a token may look at itself; what is no access token (OAuth, CI job) and GitLab before 15.5 have no `self`. */
    async grant() {
      try {
        const said = readObject(await (await get("personal_access_tokens/self")).json());
        return { scopes: said.texts("scopes"), expiresAt: toTime(said.textOr("expires_at", "")) };
      } catch (error) {
        if (isForbidden(error)) return { scopes: null, expiresAt: null };
        throw error;
      }
    },
  };
}
