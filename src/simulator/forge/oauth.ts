import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { State } from "./state.ts";

/** An OAuth application somebody registered. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

interface Grant {
  readonly login: string;
  readonly clientId: string;
  readonly redirect: string;
  readonly challenge: string;
}

export interface OAuthPages {
  addOAuthApp(app: OAuthApp): void;
  /** True: the request was one of these pages, and is answered. */
  answer(url: URL, incoming: IncomingMessage, outgoing: ServerResponse): Promise<boolean>;
}

const PAGES = ["/login/oauth/authorize", "/oauth/authorize"];
const TOKENS = ["/login/oauth/access_token", "/oauth/token"];

/**
 * Where people agree that an application may know who they are: a button for every account of the world, since everybody is
 * signed in here. GitHub and Forgejo share their paths. A code counts once, for its application, its way back and its verifier.
 */
export function createOAuthPages(state: State): OAuthPages {
  const apps = new Map<string, OAuthApp>();
  const grants = new Map<string, Grant>();

  function page(query: URLSearchParams, outgoing: ServerResponse): void {
    const clientId = query.get("client_id") ?? "";
    const redirect = query.get("redirect_uri") ?? "";
    if (!apps.has(clientId) || !URL.canParse(redirect)) {
      end(outgoing, 404, "text/html", "no such application");
      return;
    }
    const buttons = [...state.users.values()].map(({ login }) => {
      const code = randomUUID();
      grants.set(code, { login, clientId, redirect, challenge: query.get("code_challenge") ?? "" });
      const back = new URL(redirect);
      back.search = new URLSearchParams({ code, state: query.get("state") ?? "" }).toString();
      return `<p><a href="${escapeHtml(back.href)}">Authorize as ${escapeHtml(login)}</a></p>`;
    });
    end(outgoing, 200, "text/html", `<!doctype html><title>Authorize</title>${buttons.join("")}`);
  }

  function token(form: URLSearchParams, outgoing: ServerResponse, isGitLab: boolean): void {
    const grant = grants.get(form.get("code") ?? "");
    grants.delete(form.get("code") ?? "");
    const problem = problemOf(form, grant, apps.get(form.get("client_id") ?? ""));
    if (grant === undefined || problem !== null) {
      const error =
        problem === "client"
          ? ["incorrect_client_credentials", "invalid_client"]
          : ["bad_verification_code", "invalid_grant"];
      // GitHub says 200 to what it refuses.
      end(outgoing, isGitLab ? 401 : 200, "application/json", JSON.stringify({ error: error[isGitLab ? 1 : 0] }));
      return;
    }
    const access = `oauth-${randomUUID()}`;
    state.tokens.set(access, { login: grant.login, scopes: null, expiresAt: null });
    end(outgoing, 200, "application/json", JSON.stringify({ access_token: access, token_type: "bearer" }));
  }

  return {
    addOAuthApp: (app) => void apps.set(app.clientId, app),
    async answer({ pathname, searchParams }, incoming, outgoing) {
      if (PAGES.includes(pathname)) page(searchParams, outgoing);
      else if (TOKENS.includes(pathname)) token(await readForm(incoming), outgoing, pathname === "/oauth/token");
      else return false;
      return true;
    },
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function problemOf(
  form: URLSearchParams,
  grant: Grant | undefined,
  app: OAuthApp | undefined,
): "client" | "code" | null {
  if (app === undefined || app.clientSecret !== form.get("client_secret")) return "client";
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  const fits =
    grant?.clientId === app.clientId && grant.redirect === form.get("redirect_uri") && grant.challenge === challenge;
  return fits ? null : "code";
}

async function readForm(incoming: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}

function end(outgoing: ServerResponse, status: number, type: string, body: string): void {
  outgoing.writeHead(status, { "content-type": `${type}; charset=utf-8` }).end(body);
}
