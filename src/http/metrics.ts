import type { FastifyInstance } from "fastify";
import { forgeOf } from "./door/door.ts";
import { bearerOf } from "./visitor/bearer.ts";
import { isSame } from "./visitor/session.ts";

export interface MetricsDeps {
  /** Null: anybody may read them. */
  readonly apiToken: () => string | null;
  readonly metrics: {
    answered(forge: string, status: number, seconds: number): void;
    render(): Promise<string>;
  };
}

/** `GET /metrics`, as Prometheus reads it. */
export async function metrics(app: FastifyInstance, deps: MetricsDeps): Promise<void> {
  app.get("/metrics", async (request, reply) => {
    const token = deps.apiToken();
    if (token !== null && !isSame(bearerOf(request.headers), token))
      return reply.code(401).header("www-authenticate", "Bearer").send({ error: "send server.api_token as Bearer" });
    return reply.type("text/plain; version=0.0.4; charset=utf-8").send(await deps.metrics.render());
  });
}

/** Counts how webhook calls of known forges are answered, whoever answers them. */
export function countAnswers(app: FastifyInstance, deps: MetricsDeps, isForge: (name: string) => boolean): void {
  app.addHook("onResponse", async (request, reply) => {
    const forge = forgeOf(request);
    if (forge !== null && isForge(forge)) deps.metrics.answered(forge, reply.statusCode, reply.elapsedTime / 1000);
  });
}
