import type { FastifyReply, FastifyRequest } from "fastify";
import type { Visitor } from "../visitor/visitor.ts";
import type { DashboardDeps } from "./deps.ts";
import type { Links } from "./links.ts";
import { messagePage } from "./message.ts";

/** What every route of the dashboard needs. */
export interface Context {
  readonly deps: DashboardDeps;
  readonly links: Links;
  visitor(request: FastifyRequest): Visitor;
  /** Answers with a page; null is "not found". */
  show(request: FastifyRequest, reply: FastifyReply, text: string | null): FastifyReply;
}

export function createContext(deps: DashboardDeps, links: Links): Context {
  const visitor = deps.doorkeeper.visitor;
  return {
    deps,
    links,
    visitor,
    show(request, reply, text) {
      const page = text ?? messagePage(links, visitor(request), "Not found", "There is nothing of this name here.");
      if (text === null) reply.code(404);
      return reply.header("cache-control", "no-store").type("text/html; charset=utf-8").send(page);
    },
  };
}

/** The fields of a form; none when the body is no form. */
export function fieldsOf({ body }: FastifyRequest): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams();
}
