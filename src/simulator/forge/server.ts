import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, Refusal, type Request, refuse } from "./exchange.ts";
import type { Faults } from "./faults.ts";
import { answerForgejo, tokenRequired } from "./forgejo.ts";
import { answerGitHub, badCredentials } from "./github.ts";
import { readJwt } from "./github-app.ts";
import { answerGitLab, unauthorized } from "./gitlab.ts";
import type { OAuthPages } from "./oauth.ts";
import type { App, Dialect, State, Token, User } from "./state.ts";

/** One request as it was made and answered, for whoever wants to check what was said. */
export interface Logged {
  readonly dialect: Dialect;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
  readonly answer: Answer;
}

/** What a proxy says. */
const PAGE = "<h1>Bad Gateway</h1>";

export function createForgeServer(state: State, faults: Faults, log: Logged[], oauth: OAuthPages): Server {
  return createServer((incoming, outgoing) => {
    handle(state, faults, log, oauth, incoming, outgoing).catch((error: unknown) => {
      send(outgoing, { status: 500, body: { message: `simulator: ${error}` } });
    });
  });
}

async function handle(
  state: State,
  faults: Faults,
  log: Logged[],
  oauth: OAuthPages,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  outgoing.sendDate = false;
  outgoing.setHeader("date", new Date(state.now()).toUTCString());
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
  if (await oauth.answer(url, incoming, outgoing)) return;
  const body = await readJson(incoming);
  const method = incoming.method ?? "GET";
  const fault = faults.take(`${method} ${url.pathname}`);
  if (fault?.kind === "delay") await sleep(fault.ms);
  const dialect = dialectOf(url.pathname);
  const path = url.pathname
    .replace(/^\/(?:api\/v[134]\/)?/, "")
    .split("/")
    .map(decodeURIComponent);
  const request = { method, path, query: url.searchParams, body, url };
  const answer = fault?.kind === "answer" ? { body: PAGE, ...fault } : respond(state, dialect, incoming, request);
  const query = Object.fromEntries(url.searchParams);
  log.push({
    dialect,
    method,
    path: `/${path.map(encodeURIComponent).join("/")}`,
    query,
    headers: incoming.headers,
    body,
    answer,
  });
  if (fault?.kind === "drop") outgoing.destroy();
  else send(outgoing, fault?.kind === "answer-after" ? { status: fault.status, body: PAGE } : answer);
}

/** What each answers with; `unknown` to a token it does not know. */
const DIALECTS: Readonly<Record<Dialect, { answer(state: State, request: Request): Answer; unknown: object }>> = {
  github: { answer: answerGitHub, unknown: badCredentials },
  gitlab: { answer: answerGitLab, unknown: unauthorized },
  forgejo: { answer: answerForgejo, unknown: tokenRequired },
};

function dialectOf(path: string): Dialect {
  if (path.startsWith("/api/v1/")) return "forgejo";
  return path.startsWith("/api/v4/") ? "gitlab" : "github";
}

type Caller = { readonly user: User; readonly token: Token; readonly app?: App };

function respond(
  state: State,
  dialect: Dialect,
  incoming: IncomingMessage,
  request: Omit<Request, keyof Caller>,
): Answer {
  const { answer, unknown } = DIALECTS[dialect];
  try {
    const caller = authenticate(state, incoming);
    if (caller === null) return { status: 401, body: unknown };
    return answer(state, { ...request, ...caller });
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

/** GitHub and Forgejo: `Authorization`; GitLab: `PRIVATE-TOKEN`, or `Authorization` for OAuth and personal tokens. */
function authenticate(state: State, { headers }: IncomingMessage): Caller | null {
  const given = String(headers["private-token"] ?? headers.authorization?.replace(/^(?:bearer|token) /i, "") ?? "");
  const token = state.tokens.get(given);
  const user = state.users.get(token?.login ?? "");
  if (token === undefined || user === undefined) return asApp(state, given);
  return token.app !== undefined && token.app.until <= state.now() ? null : { user, token };
}

function asApp(state: State, given: string): Caller | null {
  const read = readJwt(state, given);
  if (read !== null && "refusal" in read) return refuse(401, { message: read.refusal });
  const login = `${read?.app.slug}[bot]`;
  const user = state.users.get(login);
  return read === null || user === undefined
    ? null
    : { user, token: { login, scopes: null, expiresAt: null }, app: read.app };
}

/** A string goes out as the page of a proxy, everything else as JSON. */
function send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  const isPage = typeof body === "string";
  outgoing.writeHead(status, { "content-type": isPage ? "text/html" : "application/json; charset=utf-8", ...headers });
  outgoing.end(status === 204 ? undefined : isPage ? body : JSON.stringify(body));
}

async function readJson(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
}
