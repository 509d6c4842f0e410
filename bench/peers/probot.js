import { Probot, Server } from "probot";

/** Probot's own server with a handler that does nothing. Its log is as LOG_LEVEL says. */
const [port, secret] = process.argv.slice(2);
const server = new Server({
  port: Number(port),
  host: "127.0.0.1",
  webhookPath: "/webhooks/github",
  // A key of nobody: no call to GitHub is made.
  Probot: Probot.defaults({ appId: 1, privateKey: process.env.BENCH_KEY, secret }),
});
await server.load((app) => app.on("push", () => undefined));
await server.start();
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
