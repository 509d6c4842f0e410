import { Webhooks } from "@octokit/webhooks";
import Fastify from "fastify";

/** The ceiling: Fastify that checks the same signature, reads the same JSON, and forgets it. */
const [secret = ""] = process.argv.slice(2);
const webhooks = new Webhooks({ secret });
const app = Fastify({ bodyLimit: 25_000_000 });
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.post("/webhooks/github", async ({ body, headers }, reply) => {
  const text = (body as Buffer).toString("utf8");
  if (!(await webhooks.verify(text, String(headers["x-hub-signature-256"])))) return reply.code(401).send();
  JSON.parse(text);
  return reply.code(202).send({ delivery: headers["x-github-delivery"] });
});
process.stdout.write(`${JSON.stringify({ url: await app.listen({ host: "127.0.0.1", port: 0 }) })}\n`);
