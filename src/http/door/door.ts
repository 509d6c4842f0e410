import type { FastifyInstance, FastifyRequest } from "fastify";
import { KojibridgeError } from "../../domain/errors.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { MOST_CONNECTIONS } from "./limits.ts";
import { createRateLimit, type Rate } from "./rate-limit.ts";

/** Asked for every request: the configuration may have changed since the last one. */
export interface DoorPolicy {
  readonly rate: () => Rate | null;
  /** Whether that address is a proxy whose X-Forwarded-For is believed. */
  readonly isProxy: (address: string) => boolean;
  /** Whether that forge's deliveries may come from there. */
  readonly mayDeliver: (forge: string, address: string) => boolean;
}

export interface DoorDeps {
  readonly door: DoorPolicy;
  /** Bytes. */
  readonly bodyLimit: number;
}

/** Bodies are read before anybody knows who sends them: together they have to fit into memory. */
const MOST_BODY_BYTES = 256 * 1024 * 1024;

/** What every request has to pass before anything looks at it. */
export function guard(app: FastifyInstance, { door, bodyLimit }: DoorDeps): void {
  app.server.maxConnections = MOST_CONNECTIONS;
  const limit = createRateLimit(door.rate, Date.now);
  const bodies = createBodyBudget(bodyLimit);

  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (isHealth(request)) return;
    const wait = limit.take(request.ip);
    if (wait !== null)
      return reply
        .code(429)
        .headers({ "retry-after": String(wait), connection: "close" })
        .send({ error: "too many requests from this address" });
    const forge = forgeOf(request);
    if (forge !== null && !door.mayDeliver(forge, request.ip))
      return reply.code(403).header("connection", "close").send({ error: "not from this address" });
    const giveBack = bodies.take(request);
    reply.raw.once("close", giveBack);
  });
  app.addHook("onResponse", async (request, reply) => {
    if (reply.statusCode === 202 && forgeOf(request) !== null) limit.giveBack(request.ip);
  });
}

/** Load balancers ask often, and nothing is behind it. */
function isHealth({ url }: FastifyRequest): boolean {
  return url === "/livez" || url === "/readyz";
}

/** Of a delivery, the forge that it says to be from. */
export function forgeOf({ url }: FastifyRequest): string | null {
  return /^\/webhooks\/([^/?]+)/.exec(url)?.[1] ?? null;
}

function createBodyBudget(bodyLimit: number) {
  const most = Math.max(MOST_BODY_BYTES, bodyLimit);
  let taken = 0;
  return {
    /** @throws `transient` when there is no room */
    take({ headers }: FastifyRequest): () => void {
      const length = Number(headers["content-length"] ?? (headers["transfer-encoding"] === undefined ? 0 : bodyLimit));
      // What is longer is refused unread.
      const bytes = length <= bodyLimit ? length : 0;
      if (taken + bytes > most) throw new KojibridgeError("transient", "too much at once; deliver it again");
      taken += bytes;
      return () => {
        taken -= bytes;
      };
    },
  };
}
