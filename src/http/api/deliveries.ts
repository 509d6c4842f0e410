import type { FastifyInstance, FastifyRequest } from "fastify";
import { defined, type Query, textOf } from "../query.ts";
import type { ApiDeps } from "./deps.ts";
import { deliveryJson, deliveryLineJson } from "./json.ts";
import { told } from "./openapi.ts";
import { PAGING, pageOf, toNext } from "./paging.ts";
import * as schemas from "./schemas.ts";

const QUERY = schemas.query({
  forge: "Its name in the configuration.",
  repo: "Its path.",
  outcome: "built or ignored.",
  ...PAGING,
});

const { problem } = schemas;

const LIST = told({
  summary: "Webhook calls, newest first",
  query: QUERY,
  answers: { 200: schemas.page("deliveries", schemas.deliveryLine) },
});

const ONE = told({ summary: "What became of one, and why", answers: { 200: schemas.delivery, 404: problem } });

const REPLAY = told({
  summary: "Take it in again, under the rules of today",
  token: true,
  answers: { 201: schemas.replayed, 401: problem, 404: problem },
});

/** @param isWhole whether the caller may see headers and payloads */
export function addDeliveries(
  app: FastifyInstance,
  { store, replay }: ApiDeps,
  isWhole: (request: FastifyRequest) => boolean,
): void {
  app.get<{ Querystring: Query }>("/api/deliveries", LIST, async ({ query }) => {
    const outcome = (["built", "ignored"] as const).find((one) => one === textOf(query, "outcome"));
    const filter = defined({ forge: textOf(query, "forge"), repo: textOf(query, "repo"), outcome });
    const { items, next } = await store.deliveryPage(filter, ...pageOf(query));
    return { deliveries: items.map(deliveryLineJson), next: toNext(next) };
  });
  // Forges choose their ids: there may be a slash in one.
  app.get<{ Params: { "*": string } }>("/api/deliveries/*", ONE, async (request, reply) => {
    const found = await store.delivery(request.params["*"]);
    if (found === null) return reply.code(404).send({ error: "no such delivery" });
    return deliveryJson(found, isWhole(request));
  });
  app.post<{ Params: { id: string } }>("/api/deliveries/:id/replay", REPLAY, async ({ params }, reply) =>
    reply.code(201).send(await replay(params.id)),
  );
}
