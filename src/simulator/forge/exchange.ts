import type { App, Token, User } from "./state.ts";

/** A request as a dialect sees it: authenticated, parsed, without the prefix of its API. */
export interface Request {
  readonly method: string;
  /** Path segments, each decoded: a GitLab project is one segment. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly user: User;
  readonly token: Token;
  /** Set where a GitHub App shows itself as such. */
  readonly app?: App;
  /** The URL as it was asked for, for Link headers. */
  readonly url: URL;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal, thrown from wherever it is noticed. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`${answer.status}`);
    this.answer = answer;
  }
}

export function refuse(status: number, body: unknown): never {
  throw new Refusal({ status, body });
}

/** `body[key]` if it is a string, otherwise null. */
export function textOf(body: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = body[key];
  return typeof value === "string" ? value : null;
}

/** One page of a list with the `Link` header both forges send; at most 100 a page on both. */
export function paged(
  request: Request,
  all: readonly unknown[],
  perPageByDefault: number,
): Answer & { readonly body: unknown[] } {
  const perPage = Math.min(Number(request.query.get("per_page") ?? perPageByDefault) || perPageByDefault, 100);
  const page = Number(request.query.get("page") ?? 1) || 1;
  const body = all.slice((page - 1) * perPage, page * perPage);
  if (page * perPage >= all.length) return { status: 200, body };
  const next = new URL(request.url);
  next.searchParams.set("page", String(page + 1));
  return { status: 200, body, headers: { link: `<${next.href}>; rel="next"` } };
}
