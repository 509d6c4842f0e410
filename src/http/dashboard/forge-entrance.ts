import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { explain, isKind } from "../../domain/errors.ts";
import type { Attempt } from "../../ports/identity.ts";
import { type Query, textOf } from "../query.ts";
import { isSame } from "../visitor/session.ts";
import type { Context } from "./context.ts";
import { signInPage } from "./sign-in.ts";

interface Forge {
  Params: { forge: string };
  Querystring: Query;
}

/** Remembers the attempt in the browser that began it. */
const COOKIE = "kojibridge-attempt";

/** Signing in with a forge: there with a state only this browser has, back with a code, which says who it is. */
export function addForgeEntrance(app: FastifyInstance, { deps, links, visitor, show }: Context): void {
  const { doorkeeper, identities } = deps;

  app.get<Forge>("/sign-in/:forge", async (request, reply) => {
    const { forge } = request.params;
    const identity = identities.get(forge);
    if (identity === undefined) return show(request, reply, null);
    const [state, verifier] = [randomBytes(24).toString("base64url"), randomBytes(32).toString("base64url")];
    doorkeeper.remember(reply, COOKIE, `${state}.${verifier}`);
    return reply.redirect(identity.page({ state, verifier, redirect: redirectOf(request, forge) }), 303);
  });

  app.get<Forge>("/sign-in/:forge/callback", async (request, reply) => {
    const { forge } = request.params;
    const identity = identities.get(forge);
    if (identity === undefined) return show(request, reply, null);
    const attempt = attemptOf(request, forge);
    const code = textOf(request.query, "code");
    const refuse = (problem: string) => {
      deps.log.warn({ forge, from: request.ip, problem }, "sign-in refused");
      const formKey = doorkeeper.expectForm(request, reply);
      return show(request, reply.code(403), signInPage(deps, links, visitor(request), formKey, problem));
    };
    if (attempt === null || !isSame(attempt.state, textOf(request.query, "state") ?? ""))
      return refuse("This sign-in was not begun here, or too long ago. Try again.");
    if (code === undefined) return refuse("You did not agree, or the forge did not.");
    try {
      const { id, login } = await identity.person(code, attempt);
      doorkeeper.signIn(reply, { kind: "forge", forge, id, login });
      deps.log.info({ forge, login }, "signed in");
      return reply.redirect(links.builds(), 303);
    } catch (error) {
      if (isKind(error, "rejected", "transient", "invalid")) return refuse(explain(error));
      throw error;
    }
  });

  function redirectOf(request: FastifyRequest, forge: string): string {
    const root = deps.publicUrl ?? `${request.protocol}://${request.host}`;
    return `${root}/sign-in/${encodeURIComponent(forge)}/callback`;
  }

  function attemptOf(request: FastifyRequest, forge: string): Attempt | null {
    const [state, verifier] = doorkeeper.recall(request, COOKIE)?.split(".") ?? [];
    return state && verifier ? { state, verifier, redirect: redirectOf(request, forge) } : null;
  }
}
