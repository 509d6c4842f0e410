import { Webhooks } from "@octokit/webhooks";
import Fastify from "fastify";
import { createHub } from "../src/adapters/koji/index.ts";
import { AUTH } from "../test/support/running-builds.ts";

/** What a script would do: check the signature, call `build()`, keep nothing. */
const [secret = "", url = ""] = process.argv.slice(2);
const webhooks = new Webhooks({ secret });
const hub = createHub({ url, auth: AUTH });
const app = Fastify({ bodyLimit: 25_000_000 });
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.post("/webhooks/github", async ({ body, headers }, reply) => {
  const text = (body as Buffer).toString("utf8");
  if (!(await webhooks.verify(text, String(headers["x-hub-signature-256"])))) return reply.code(401).send();
  const { repository, after } = JSON.parse(text);
  const { id } = await hub.session();
  await hub.submit(id, {
    source: `git+${repository.clone_url}#${after}`,
    target: "f42-candidate",
    opts: { scratch: true },
  });
  return reply.code(202).send();
});
process.stdout.write(`${JSON.stringify({ url: await app.listen({ host: "127.0.0.1", port: 0 }) })}\n`);
