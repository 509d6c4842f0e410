import type { FastifyInstance } from "fastify";
import { BUILD_COMMANDS } from "../../app/commands.ts";
import type { Entry } from "../../ports/gallery.ts";
import { type Query, toBuildFilter } from "../query.ts";
import { parseAsk } from "./ask.ts";
import { type ApiDeps, WHO } from "./deps.ts";
import { buildJson } from "./json.ts";
import { told } from "./openapi.ts";
import { PAGING, pageOf, toNext } from "./paging.ts";
import * as schemas from "./schemas.ts";

const QUERY = schemas.query({
  repo: "Its path, or `forge:path`.",
  forge: "Its name in the configuration.",
  hub: "Its name in the configuration.",
  target: "The build target.",
  state: "waiting, running, succeeded, failed or canceled.",
  author: "Login of whoever caused it.",
  sha: "The whole commit id.",
  q: "A task id, the beginning of a commit id (four digits at least) or of an NVR.",
  ...PAGING,
});

const { problem } = schemas;

const LIST = told({
  summary: "Builds, newest first",
  query: QUERY,
  answers: { 200: schemas.page("builds", schemas.build) },
});

const ONE = told({ summary: "One build", answers: { 200: schemas.build, 404: problem } });

const START = told({
  summary:
    "Build a branch, a tag or a commit now, as the rules say; rule, hub, target and scratch choose among their builds",
  token: true,
  body: schemas.ask,
  answers: { 201: schemas.started, 400: problem, 401: problem, 409: problem },
});

const SUMMARIES = {
  retry: "Build again what has ended",
  cancel: "Cancel",
  approve: "Let the code of a fork be built",
} as const;

interface Named {
  Params: { id: string };
}

export function addBuilds(app: FastifyInstance, { store, webUrl, commands, start }: ApiDeps): void {
  const show = (entry: Entry) => buildJson(entry, webUrl(entry.build.request.hub));

  app.get<{ Querystring: Query }>("/api/builds", LIST, async ({ query }) => {
    const { items, next } = await store.buildPage(toBuildFilter(query), ...pageOf(query));
    return { builds: items.map(show), next: toNext(next) };
  });
  app.get<Named>("/api/builds/:id", ONE, async ({ params }, reply) => {
    const entry = await store.entry(params.id);
    return entry === null ? reply.code(404).send({ error: "no such build" }) : show(entry);
  });
  app.post("/api/builds", START, async ({ body }, reply) => reply.code(201).send(await start(parseAsk(body), WHO)));
  for (const command of BUILD_COMMANDS) {
    const answers = { 200: schemas.build, 401: problem, 404: problem, 409: problem };
    const config = told({ summary: SUMMARIES[command], token: true, answers });
    app.post<Named>(`/api/builds/:id/${command}`, config, async ({ params }) => {
      await commands(command, params.id, WHO);
      const entry = await store.entry(params.id);
      return entry && show(entry);
    });
  }
}
