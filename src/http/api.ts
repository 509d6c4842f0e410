import type { FastifyInstance } from "fastify";
import type { Build } from "../domain/build.ts";
import { describe, taskUrl } from "../domain/report.ts";
import type { BuildStore, Inbox } from "../ports/store.ts";

export interface ApiDeps {
  readonly store: Pick<BuildStore, "build" | "builds"> & Pick<Inbox, "delivery">;
  readonly webUrl: (hub: string) => string | null;
}

const MOST_BUILDS = 100;

/** Read-only, JSON. Nothing here contacts a hub or a forge. */
export async function api(app: FastifyInstance, { store, webUrl }: ApiDeps): Promise<void> {
  const show = (build: Build) => toJson(build, webUrl(build.request.hub));

  app.get<{ Querystring: { repo?: string; sha?: string } }>("/api/builds", async ({ query }) => {
    const builds = await store.builds({ ...text("repo", query.repo), ...text("sha", query.sha), limit: MOST_BUILDS });
    return { builds: builds.map(show) };
  });

  app.get<{ Params: { id: string } }>("/api/builds/:id", async ({ params }, reply) => {
    const build = await store.build(params.id);
    return build === null ? reply.code(404).send({ error: "no such build" }) : show(build);
  });

  app.get<{ Params: { "*": string } }>("/api/deliveries/*", async ({ params }, reply) => {
    const found = await store.delivery(params["*"]);
    if (found === null) return reply.code(404).send({ error: "no such delivery" });
    const { payload, id, summary, ...facts } = found;
    return { delivery: id, ...facts, event: found.event, bytes: payload.length, summary };
  });
}

/** A parameter given twice is an array: then the last one counts, as forms have it. */
function text<K extends string>(key: K, value: string | string[] | undefined): { [P in K]?: string } {
  const last = Array.isArray(value) ? value.at(-1) : value;
  return last === undefined || last === "" ? {} : ({ [key]: last } as { [P in K]?: string });
}

function toJson(build: Build, webUrl: string | null) {
  const { intent: _, revision: __, request, task, ...facts } = build;
  return {
    ...facts,
    ...request,
    description: describe(build),
    task: task && { ...task, url: taskUrl(task.id, webUrl) },
  };
}
