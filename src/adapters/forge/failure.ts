import { type ErrorKind, KojibridgeError } from "../../domain/errors.ts";

/*
 * What can become of a request, for all forges. Codes begin with the forge's name:
 *
 * - `unsent`      transient: no connection, nothing happened
 * - `unanswered`  transient: the answer was lost, late, or a proxy's page; a write may have happened
 * - 5xx           transient, and a write may have happened; 409: GitLab is writing the same status for somebody else
 * - `throttled`   429, and the rate limits among the 403
 * - 401           auth, and so is a GitLab or Forgejo token without the scope
 * - the rest      rejected, with what the forge said
 */

export type ForgeKind = "github" | "gitlab" | "forgejo";

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What fails before a byte of the request is written. */
const UNSENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT)$|CERT|TLS/;

/** The error of fetch itself is not kept: it can quote what was sent. */
export function lost(forge: ForgeKind, call: Call, error: unknown): KojibridgeError {
  if (error instanceof Error && error.name === "TimeoutError") return unanswered(forge, call, "no answer in time");
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : null;
  if (code === null) return made("bug", forge, "request", call, "the request could not be made");
  if (!UNSENT.test(code)) return unanswered(forge, call, `the connection broke (${code})`);
  return made("transient", forge, "unsent", call, `no connection (${code})`);
}

export function unanswered(forge: ForgeKind, call: Call, why: string): KojibridgeError {
  return made("transient", forge, "unanswered", call, why);
}

export function throttled(forge: ForgeKind, call: Call, retryAt: number): KojibridgeError {
  return made("throttled", forge, "throttled", call, `rate limited until ${new Date(retryAt).toISOString()}`, {
    retryAt,
  });
}

export function refused(forge: ForgeKind, call: Call, status: number, text: string): KojibridgeError {
  return made(kindOf(status, text), forge, String(status), call, `${status} ${said(text)}`.trimEnd(), {
    context: { status },
  });
}

/** Undefined when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Says method and path; hosts and queries are of no use to whoever reads it. */
function made(
  kind: ErrorKind,
  forge: ForgeKind,
  code: string,
  { method, url }: Call,
  why: string,
  details = {},
): KojibridgeError {
  return new KojibridgeError(kind, `${method} ${new URL(url).pathname}: ${why}`, {
    code: `${forge}.${code}`,
    ...details,
  });
}

/** GitLab: `insufficient_scope`; Forgejo: "token does not have at least one of required scope(s): [write:issue]". */
const NO_SCOPE = /insufficient_scope|required scope\(s\)/;

function kindOf(status: number, text: string): ErrorKind {
  if (status === 401 || (status === 403 && NO_SCOPE.test(text))) return "auth";
  return status >= 500 || status === 409 ? "transient" : "rejected";
}

/** The forge's own words: `message` (GitHub and Forgejo, with `errors`), `message` or `error` (GitLab, sometimes a struct). */
function said(text: string): string {
  const answer = parseJson(text);
  if (typeof answer !== "object" || answer === null) return firstWords(text);
  const { message, error, errors }: { message?: unknown; error?: unknown; errors?: unknown } = answer;
  const parts = [message ?? error, errors].filter((part) => part !== undefined);
  const words = parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part)));
  return words.join(" ").slice(0, 500);
}

/** Of a proxy's page. */
function firstWords(page: string): string {
  const words = page.replaceAll(/<[^>]*>|\s+/g, " ").trim();
  return words.slice(0, 100);
}
