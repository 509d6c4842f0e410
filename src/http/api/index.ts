import type { FastifyInstance, FastifyRequest } from "fastify";
import { KojibridgeError } from "../../domain/errors.ts";
import { bearerOf } from "../visitor/bearer.ts";
import { addBuilds } from "./builds.ts";
import { cutTo } from "./cut.ts";
import { addDeliveries } from "./deliveries.ts";
import type { ApiDeps } from "./deps.ts";
import { type Documented, isTold, told, toOpenApi } from "./openapi.ts";
import * as schemas from "./schemas.ts";

/** JSON, for programs. Reading is for everybody; what changes something, and what strangers must not see, is for the token. */
export async function api(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const routes: Documented[] = [];
  app.addHook("onRoute", ({ method, url, config }) => {
    if (method !== "HEAD" && isTold(config)) routes.push({ method: String(method), url, told: config });
  });
  app.addHook("onRequest", async (request) => {
    const { config } = request.routeOptions;
    if (isTold(config) && config.token === true && !hasToken(request, deps))
      throw new KojibridgeError("auth", "send the header `Authorization: Bearer` with the API token", {
        code: "api.token",
      });
  });
  app.addHook("preSerialization", async ({ routeOptions: { config } }, reply, payload) => {
    const schema = isTold(config) ? config.answers[reply.statusCode] : undefined;
    return schema === undefined ? payload : cutTo(schema, payload);
  });
  addBuilds(app, deps);
  addDeliveries(app, deps, (request) => hasToken(request, deps));
  const hubs = told({
    summary: "Koji hubs: whether they answer, and who waits there",
    answers: { 200: schemas.hubs },
  });
  app.get("/api/hubs", hubs, async () => ({ hubs: await deps.hubs() }));
  const self = told({ summary: "This description", answers: { 200: schemas.anyObject } });
  app.get("/api/openapi.json", self, async () => toOpenApi(routes, deps.version));
}

function hasToken({ headers }: FastifyRequest, { isToken }: ApiDeps): boolean {
  return isToken(bearerOf(headers));
}
