import type { Cursor } from "../../ports/gallery.ts";
import { formatCursor, parseCursor, type Query, textOf } from "../query.ts";

const USUAL = 50;
const MOST = 100;

export const PAGING = {
  limit: `At most ${MOST}; ${USUAL} if not said.`,
  after: "`next` of the page before.",
};

export function pageOf(query: Query): readonly [limit: number, after: Cursor | null] {
  const limit = Number(textOf(query, "limit") ?? USUAL);
  const wanted = Number.isInteger(limit) && limit > 0 ? Math.min(limit, MOST) : USUAL;
  return [wanted, parseCursor(textOf(query, "after"))];
}

export function toNext(next: Cursor | null): string | null {
  return next && formatCursor(next);
}
