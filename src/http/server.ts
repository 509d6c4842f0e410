import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { type ErrorKind, explain, KojibridgeError } from "../domain/errors.ts";
import type { Log } from "../ports/runtime.ts";
import type { ApiDeps } from "./api/deps.ts";
import { api } from "./api/index.ts";
import type { DashboardDeps } from "./dashboard/deps.ts";
import { dashboard } from "./dashboard/index.ts";
import { type DoorDeps, guard } from "./door/door.ts";
import { LIMITS } from "./door/limits.ts";
import { type HealthDeps, health } from "./health.ts";
import { countAnswers, type MetricsDeps, metrics } from "./metrics.ts";
import { type WebhookDeps, webhooks } from "./webhooks.ts";

export interface ServerDeps extends WebhookDeps, HealthDeps, MetricsDeps, DoorDeps {
  readonly api: ApiDeps;
  /** Null: only what machines need. */
  readonly dashboard: DashboardDeps | null;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly log: Log;
}

/** Bodies are read by us, so Fastify's compilers of schemas (4 MiB) need not be loaded. */
function noSchemas(): never {
  throw new KojibridgeError("bug", "routes have no Fastify schemas here: parse what comes in");
}

/** The application; `listen` and `close` are the caller's. */
export function createServer(deps: ServerDeps): FastifyInstance {
  const app = createBare(deps);
  countAnswers(app, deps, (forge) => deps.receivers.has(forge));
  app.register(webhooks, deps);
  app.register(api, deps.api);
  app.register(health, deps);
  app.register(metrics, deps);
  if (deps.dashboard !== null) app.register(dashboard, deps.dashboard);
  return app;
}

/** For a process that receives nothing: only what machines ask. */
export function createMachineServer(deps: ServerDeps): FastifyInstance {
  const app = createBare(deps);
  app.register(health, deps);
  app.register(metrics, deps);
  return app;
}

function createBare(deps: ServerDeps): FastifyInstance {
  const app = Fastify({
    bodyLimit: deps.bodyLimit,
    ...LIMITS,
    trustProxy: deps.door.isProxy,
    forceCloseConnections: "idle",
    // Deliveries are logged once each by what became of them, not twice by their HTTP.
    logger: false,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = statusOf(error);
    if (status >= 500) deps.log.error({ error: explain(error), err: error }, "request failed");
    return reply.code(status).send({ error: saidOf(status, error) });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "no such page" }));
  guard(app, deps);
  return app;
}

/** What happened inside is for the log, not for strangers. */
function saidOf(status: number, error: FastifyError | KojibridgeError): string {
  if (status < 500) return explain(error);
  return status === 503 ? "not now; try again, or deliver it again" : "internal error";
}

const STATUSES: Readonly<Partial<Record<ErrorKind, number>>> = {
  invalid: 400,
  rejected: 409,
  conflict: 409,
  transient: 503,
  throttled: 503,
};

function statusOf(error: FastifyError | KojibridgeError): number {
  if (!(error instanceof KojibridgeError)) return error.statusCode ?? 500;
  if (error.code === "missing") return 404;
  if (error.code === "api.token") return 401;
  return STATUSES[error.kind] ?? 500;
}
