import { randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { KojibridgeError } from "../../domain/errors.ts";
import { formatCookie, readCookie } from "./cookies.ts";
import { isSame, type Person, SESSION_MS, type Sessions } from "./session.ts";

/** Who looks at a page. */
export interface Visitor {
  readonly person: Person | null;
  /** For the forms of the page; null for somebody who gets none. */
  readonly formKey: string | null;
}

export interface Doorkeeper {
  visitor(request: FastifyRequest): Visitor;
  /** For a page with a form that anybody gets: the browser is given something to bind the form to. */
  expectForm(request: FastifyRequest, reply: FastifyReply): string;
  /** @throws `rejected` unless the form came from a page of ours, in this browser */
  checkForm(request: FastifyRequest, formKey: unknown): void;
  isToken(given: string): boolean;
  signIn(reply: FastifyReply, person: Person): void;
  signOut(reply: FastifyReply): void;
  /** A value of our own in the browser for ten minutes, which only this browser sends back. */
  remember(reply: FastifyReply, name: string, value: string): void;
  recall(request: FastifyRequest, name: string): string | undefined;
}

export interface DoorkeeperOptions {
  readonly sessions: Sessions;
  /** Null: nobody can sign in with it. */
  readonly apiToken: string | null;
  readonly publicUrl: string | null;
}

const SESSION = "kojibridge";
const FORM = "kojibridge-form";
const TEN_MINUTES = 600;

export function createDoorkeeper({ sessions, apiToken, publicUrl }: DoorkeeperOptions): Doorkeeper {
  const url = publicUrl === null ? null : new URL(publicUrl);
  const place = { path: url?.pathname.replace(/\/+$/, "") ?? "", secure: url?.protocol === "https:" };
  const set = (reply: FastifyReply, name: string, value: string, maxAge: number) =>
    void reply.header("set-cookie", formatCookie(name, value, { ...place, maxAge }));
  const cookie = (request: FastifyRequest, name: string) => readCookie(request.headers.cookie, name);
  /** The session, or before there is one the cookie of the form. */
  const binding = (request: FastifyRequest) => {
    const session = cookie(request, SESSION);
    return sessions.read(session) === null ? cookie(request, FORM) : session;
  };

  return {
    visitor(request) {
      const session = cookie(request, SESSION);
      const person = sessions.read(session);
      return { person, formKey: person === null ? null : sessions.formKey(session ?? "") };
    },
    expectForm(request, reply) {
      const known = binding(request);
      if (known !== undefined) return sessions.formKey(known);
      const fresh = randomBytes(16).toString("base64url");
      set(reply, FORM, fresh, TEN_MINUTES);
      return sessions.formKey(fresh);
    },
    checkForm(request, formKey) {
      const bound = binding(request);
      const site = request.headers["sec-fetch-site"];
      const foreign = site !== undefined && site !== "same-origin" && site !== "none";
      if (foreign || bound === undefined || !sessions.isFormKey(bound, formKey))
        throw new KojibridgeError("rejected", "this form is too old or not ours; load the page again", {
          code: "form",
        });
    },
    isToken: (given) => apiToken !== null && isSame(given, apiToken),
    signIn: (reply, person) => set(reply, SESSION, sessions.issue(person), SESSION_MS / 1000),
    signOut: (reply) => set(reply, SESSION, "", 0),
    remember: (reply, name, value) => set(reply, name, value, TEN_MINUTES),
    recall: cookie,
  };
}
