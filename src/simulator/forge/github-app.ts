import { createPublicKey, randomUUID, verify } from "node:crypto";
import { type Answer, type Request, refuse } from "./exchange.ts";
import { type App, accessOf, keyOf, type State } from "./state.ts";

// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app

const HOUR = 3_600_000;
/** "The time must be no more than 10 minutes into the future", and a minute for clocks that differ. */
const LONGEST = 600;

/** Whose token of three parts this is, or why it is none. */
export function readJwt(state: State, jwt: string): { readonly app: App } | { readonly refusal: string } | null {
  const [head, claims, signature, ...rest] = jwt.split(".");
  if (head === undefined || claims === undefined || signature === undefined || rest.length > 0) return null;
  const { iss, iat, exp } = JSON.parse(Buffer.from(claims, "base64url").toString());
  const app = state.apps.get(Number(iss));
  if (app === undefined) return { refusal: "Integration not found" };
  const key = createPublicKey(app.publicKey);
  if (!verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url")))
    return { refusal: "A JSON web token could not be decoded" };
  const now = state.now() / 1000;
  if (iat > now + 5)
    return {
      refusal: "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    };
  if (exp > now + LONGEST) return { refusal: "'Expiration time' claim ('exp') is too far in the future" };
  if (exp <= now)
    return { refusal: "'Expiration time' claim ('exp') must be a numeric value representing the future time" };
  return { app };
}

/** What an App may ask as itself; null when it is another call. */
export function answerGitHubApp(state: State, app: App, { method, path }: Request): Answer | null {
  const [root, a = "", b = "", c = ""] = path;
  if (method === "GET" && root === "app" && path.length === 1)
    return { status: 200, body: { id: app.id, slug: app.slug, name: app.slug, permissions: app.permissions } };
  if (method === "GET" && root === "repos" && c === "installation" && path.length === 4)
    return { status: 200, body: { id: installationOf(state, app, a, b), app_id: app.id, app_slug: app.slug } };
  if (method !== "POST" || a !== "installations" || c !== "access_tokens") return null;
  const owner = app.installations.get(Number(b)) ?? refuse(404, { message: "Not Found" });
  const [token, until] = [`ghs_${randomUUID()}`, state.now() + HOUR];
  state.tokens.set(token, {
    login: `${app.slug}[bot]`,
    scopes: null,
    expiresAt: null,
    app: { id: app.id, owner, until },
  });
  return { status: 201, body: { token, expires_at: new Date(until).toISOString() } };
}

function installationOf(state: State, app: App, owner: string, name: string): number {
  const repo = state.repos.get(keyOf("github", `${owner}/${name}`));
  const bot = state.users.get(`${app.slug}[bot]`);
  const isThere =
    repo !== undefined && bot !== undefined && accessOf(repo, bot) !== "none" && repo.access.has(bot.login);
  const [id] = [...app.installations].find(([, each]) => each.toLowerCase() === owner.toLowerCase()) ?? [];
  return isThere && id !== undefined ? id : refuse(404, { message: "Not Found" });
}
