import type { IncomingMessage, ServerResponse } from "node:http";
import { type ApplicationDeps, handleApplication } from "./application.ts";
import type { Identity } from "./core.ts";
import { serveFile } from "./files.ts";
import { sendApachePage, sendNotFound } from "./reply.ts";
import { serveTaskFile, serveTaskPage } from "./web.ts";

export interface HttpDeps extends ApplicationDeps {
  /** Which headers of a trusted front proxy say who the client is; undefined: none is trusted. */
  readonly identityHeaders: IdentityHeaders | undefined;
}

/** Lower-case header names. */
export interface IdentityHeaders {
  readonly verify: string;
  readonly distinguishedName: string;
  readonly commonName: string;
  readonly principal: string;
}

const APACHE = "Apache/2.4.71 (Debian) OpenSSL/3.0.22 mod_wsgi/4.9.4 Python/3.11 mod_auth_gssapi/1.6.4";

/** One HTTP request, as Apache with a hub, its files and a bit of its web interface answers it. */
export async function handleRequest(deps: HttpDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { core } = deps;
  response.sendDate = false;
  response.setHeader("Date", new Date(core.clock.now()).toUTCString());
  response.setHeader("Server", APACHE);
  const url = new URL(request.url ?? "/", "http://hub");
  if (/^\/kojihub(\/|$)/.test(url.pathname)) return guardHub(deps, request, response, url);
  if (url.pathname.startsWith("/kojifiles/")) return serveFile(core, request, response, url.pathname.slice(11));
  if (url.pathname === "/koji/taskinfo") return serveTaskPage(core, response, Number(url.searchParams.get("taskID")));
  if (url.pathname === "/koji/getfile") return serveTaskFile(core, response, url.searchParams);
  sendNotFound(response);
}

/** What Apache refuses before the hub sees it (transcripts, "HTTP" and "Login"). */
async function guardHub(deps: HttpDeps, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const identity = readIdentity(deps.identityHeaders, request);
  const known = identity.verify === "SUCCESS" || identity.principal !== undefined;
  if (url.pathname.startsWith("/kojihub/ssllogin") && !known) {
    response.setHeader("WWW-Authenticate", "Negotiate");
    return sendApachePage(response, 401, "Unauthorized", UNAUTHORIZED);
  }
  if (request.headers["transfer-encoding"] !== undefined) {
    response.setHeader("Connection", "close");
    return sendApachePage(response, 411, "Length Required", LENGTH_REQUIRED);
  }
  const environ = { headers: request.headers, query: url.search.slice(1), address: addressOf(request), identity };
  return handleApplication(deps, request, response, environ);
}

const LENGTH_REQUIRED = "A request of the requested method POST requires a valid Content-length.<br />\n";
const UNAUTHORIZED = `This server could not verify that you
are authorized to access the document
requested.  Either you supplied the wrong
credentials (e.g., bad password), or your
browser doesn't understand how to supply
the credentials required.`;

function readIdentity(names: IdentityHeaders | undefined, request: IncomingMessage): Identity {
  const read = (name: string | undefined) => {
    const value = name === undefined ? undefined : request.headers[name];
    return typeof value === "string" && value !== "" && value !== "(null)" ? value : undefined;
  };
  return {
    verify: read(names?.verify),
    distinguishedName: read(names?.distinguishedName),
    commonName: read(names?.commonName),
    principal: read(names?.principal),
  };
}

function addressOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "").replace("::1", "127.0.0.1");
}
