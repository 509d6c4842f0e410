import type { FastifyInstance } from "fastify";

export interface HealthDeps {
  /** Rejects while deliveries could not be written down. */
  readonly ready: () => Promise<void>;
}

/** `/livez`: the process turns. `/readyz`: it can do what it is for. A hub or forge that is down is no reason to be restarted. */
export async function health(app: FastifyInstance, { ready }: HealthDeps): Promise<void> {
  app.get("/livez", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    try {
      await ready();
      return { status: "ok" };
    } catch {
      return reply.code(503).send({ status: "the database cannot be written" });
    }
  });
}
