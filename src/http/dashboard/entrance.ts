import type { FastifyInstance } from "fastify";
import { type Context, fieldsOf } from "./context.ts";
import { signInPage } from "./sign-in.ts";

const REFUSED = "This is not the API token.";

/** Signing in and out with the API token. */
export function addEntrance(app: FastifyInstance, { deps, links, visitor, show }: Context): void {
  const { doorkeeper } = deps;

  app.get("/sign-in", async (request, reply) => {
    const formKey = doorkeeper.expectForm(request, reply);
    return show(request, reply, signInPage(deps, links, visitor(request), formKey, null));
  });
  app.post("/sign-in", async (request, reply) => {
    const fields = fieldsOf(request);
    doorkeeper.checkForm(request, fields.get("key"));
    if (doorkeeper.isToken(fields.get("token") ?? "")) {
      doorkeeper.signIn(reply, { kind: "token" });
      return reply.redirect(links.builds(), 303);
    }
    deps.log.warn({ from: request.ip }, "sign-in refused");
    const formKey = doorkeeper.expectForm(request, reply);
    return show(request, reply.code(403), signInPage(deps, links, visitor(request), formKey, REFUSED));
  });
  app.post("/sign-out", async (request, reply) => {
    doorkeeper.checkForm(request, fieldsOf(request).get("key"));
    doorkeeper.signOut(reply);
    return reply.redirect(links.builds(), 303);
  });
}
