import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Received } from "../app/ingest.ts";
import { explain, isKind, KojibridgeError } from "../domain/errors.ts";
import type { ForgeReceiver, Headers } from "../ports/forge.ts";
import type { Log } from "../ports/runtime.ts";
import type { Acceptance } from "../ports/store.ts";
import type { Refusals } from "./refusals.ts";

export interface WebhookDeps {
  readonly refusals: Refusals;
  readonly receivers: ReadonlyMap<string, ForgeReceiver>;
  readonly ingest: (received: Received) => Promise<Acceptance>;
  readonly log: Log;
}

/** `POST /webhooks/{forge}`: verify the raw bytes, parse, write down, acknowledge. Contacts nobody. */
export async function webhooks(app: FastifyInstance, deps: WebhookDeps): Promise<void> {
  // Signatures are over bytes: no parser may touch the body first, whatever its Content-Type says.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.post<{ Params: { forge: string } }>("/webhooks/:forge", async (request, reply) => {
    const { forge } = request.params;
    const receiver = deps.receivers.get(forge);
    if (receiver === undefined) return reply.code(404).send({ error: "no forge of this name is configured" });
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verdict = await receiver.verify(request.headers, body);
    const headers = tellingHeaders(request.headers);
    const refused = (reason: string, verified: boolean, answer: number) =>
      deps.refusals.add({ forge, from: request.ip, headers, bytes: body.length, reason, verified, answer });
    if ("missing" in verdict) {
      refused(`the header ${verdict.missing} is missing`, true, 400);
      throw new KojibridgeError("invalid", `the header ${verdict.missing} is missing`);
    }
    if (!verdict.ok) {
      refused(verdict.reason, false, 401);
      return refuse(verdict.reason, forge, request, reply, deps.log);
    }
    const { delivery: id, event } = verdict;
    const parsed = read(
      () => receiver.parse(event, parseJson(body)),
      (reason) => refused(reason, true, 400),
    );
    const acceptance = await accept({ id, forge, event, headers, payload: body, parsed }, deps);
    deps.log.info({ delivery: id, forge, event, ...acceptance }, "delivery");
    return reply.code(202).send({ delivery: id, ...acceptance });
  });
}

function refuse(reason: string, forge: string, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  log.warn({ forge, from: request.ip, reason }, "delivery refused");
  return reply.code(401).send({ error: "the delivery is not signed with a secret of this forge" });
}

function read<T>(parse: () => T, refused: (reason: string) => void): T {
  try {
    return parse();
  } catch (error) {
    refused(explain(error));
    throw error;
  }
}

/** Whatever keeps us from writing it down, the forge has to deliver again: 503, never 500. */
async function accept(received: Received, deps: WebhookDeps): Promise<Acceptance> {
  try {
    return await deps.ingest(received);
  } catch (cause) {
    if (isKind(cause, "transient")) throw cause;
    deps.log.error({ delivery: received.id, error: explain(cause), err: cause }, "delivery could not be written down");
    throw new KojibridgeError("transient", "the delivery could not be written down; deliver it again");
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new KojibridgeError("invalid", "the body is not JSON; set the webhook's content type to application/json");
  }
}

/** What helps to understand a delivery afterwards. Tokens and signatures are none of it. */
function tellingHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (
      typeof value === "string" &&
      /^(?:x-git(?:hub|lab)-(?!token)|content-type|user-agent|webhook-id|webhook-timestamp|idempotency-key)/.test(name)
    )
      kept[name] = value;
  }
  return kept;
}
