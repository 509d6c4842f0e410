import type { FastifyError, FastifyInstance } from "fastify";
import { type ErrorKind, explain, KojibridgeError } from "../../domain/errors.ts";
import { addButtons } from "./buttons.ts";
import { createContext } from "./context.ts";
import type { DashboardDeps } from "./deps.ts";
import { addEntrance } from "./entrance.ts";
import { createEvents } from "./events.ts";
import { addForgeEntrance } from "./forge-entrance.ts";
import { createLinks } from "./links.ts";
import { messagePage } from "./message.ts";
import { addImages, addPages } from "./pages.ts";

/** Nothing from anywhere else, nothing inline, and no page around ours. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

const FORM_LIMIT = 16 * 1024;

/** The pages people look at, and their buttons. */
export async function dashboard(app: FastifyInstance, deps: DashboardDeps): Promise<void> {
  const context = createContext(deps, createLinks(deps.publicUrl));
  app.removeAllContentTypeParsers();
  const form = { parseAs: "string", bodyLimit: FORM_LIMIT } as const;
  app.addContentTypeParser("application/x-www-form-urlencoded", form, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  app.addHook("onRequest", async (_request, reply) => void reply.headers(HEADERS));
  app.setErrorHandler((error: FastifyError | KojibridgeError, request, reply) => {
    const status = statusOf(error);
    if (status >= 500) deps.log.error({ error: explain(error), err: error }, "page failed");
    const visitor = context.visitor(request);
    return context.show(
      request,
      reply.code(status),
      messagePage(context.links, visitor, "That did not work", wordsOf(status, error)),
    );
  });
  addPages(app, context);
  addImages(app, context);
  addButtons(app, context);
  addEntrance(app, context);
  addForgeEntrance(app, context);
  addEvents(app, deps);
}

function addEvents(app: FastifyInstance, deps: DashboardDeps): void {
  const events = createEvents(deps);
  // Streams do not end by themselves, and `close` waits for what is under way.
  app.addHook("preClose", async () => events.stop());
  app.get("/events", (_request, reply) => {
    reply.hijack();
    // Named, so that proxies neither keep nor collect it.
    const own = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
    reply.raw.writeHead(200, { ...HEADERS, ...own });
    if (!events.join(reply.raw)) reply.raw.end();
  });
}

const STATUSES: Readonly<Partial<Record<ErrorKind, number>>> = {
  rejected: 409,
  conflict: 409,
  invalid: 400,
  transient: 503,
};

function statusOf(error: FastifyError | KojibridgeError): number {
  if (!(error instanceof KojibridgeError)) return error.statusCode ?? 500;
  if (error.code === "missing") return 404;
  if (error.code === "forbidden" || error.code === "form") return 403;
  return STATUSES[error.kind] ?? 500;
}

function wordsOf(status: number, error: unknown): string {
  if (status === 503) return "The database does not answer. Try again soon.";
  if (status >= 500) return "Something went wrong here; the log says what.";
  return error instanceof KojibridgeError ? explain(error) : "The request was not understood.";
}
