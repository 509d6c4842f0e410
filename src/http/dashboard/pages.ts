import type { FastifyInstance } from "fastify";
import type { Query } from "../query.ts";
import { ASSETS } from "./assets.ts";
import { badge } from "./badge.ts";
import { buildPage } from "./build.ts";
import { buildsPage } from "./builds.ts";
import type { Context } from "./context.ts";
import { deliveriesPage } from "./deliveries.ts";
import { deliveryPage } from "./delivery.ts";
import { createHubsPage } from "./hubs.ts";
import { createLogPages } from "./log.ts";
import { repoPage } from "./repo.ts";

interface Named {
  Params: { id: string };
}

interface Repo {
  Params: { forge: string; "*": string };
  Querystring: Query;
}

/** What is looked at. */
export function addPages(app: FastifyInstance, { deps, links, visitor, show }: Context): void {
  const hubsPage = createHubsPage(deps, links);
  const logs = createLogPages(deps, links);

  app.get<{ Querystring: Query }>("/", async (request, reply) =>
    show(request, reply, await buildsPage(deps, links, request.query, visitor(request))),
  );
  app.get<Named>("/builds/:id", async (request, reply) =>
    show(request, reply, await buildPage(deps, links, request.params.id, visitor(request))),
  );
  app.get<{ Params: { id: string; task: string } }>("/builds/:id/logs/:task", async (request, reply) => {
    const { id, task } = request.params;
    return show(request, reply, await logs.show(id, Number(task), visitor(request)));
  });
  app.get<{ Querystring: Query }>("/deliveries", async (request, reply) =>
    show(request, reply, await deliveriesPage(deps, links, request.query, visitor(request))),
  );
  app.get<Named>("/deliveries/:id", async (request, reply) =>
    show(request, reply, await deliveryPage(deps, links, request.params.id, visitor(request))),
  );
  app.get("/hubs", async (request, reply) => show(request, reply, await hubsPage(visitor(request))));
  app.get<Repo>("/repos/:forge/*", async (request, reply) => {
    const { forge, "*": path } = request.params;
    return show(request, reply, await repoPage(deps, links, forge, path, request.query, visitor(request)));
  });
}

/** What pages and READMEs are made of. */
export function addImages(app: FastifyInstance, { deps }: Context): void {
  for (const { path, type, body } of ASSETS)
    app.get(path, async (_request, reply) =>
      reply.header("cache-control", "public, max-age=31536000, immutable").type(type).send(body),
    );
  app.get<Repo>("/badge/:forge/*", async (request, reply) => {
    const { forge, "*": file } = request.params;
    const filter = { forge, repo: file.replace(/\.svg$/, ""), branchOnly: true };
    const { items } = await deps.gallery.buildPage(filter, 1, null);
    // Image proxies of forges keep it as long as they are allowed to.
    return reply
      .header("cache-control", "public, max-age=60")
      .type("image/svg+xml")
      .send(badge(items[0]?.build ?? null));
  });
}
