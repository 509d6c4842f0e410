import { type ExpressionBuilder, type SelectQueryBuilder, sql } from "kysely";
import type { BuildFilter } from "../../ports/gallery.ts";
import type { Tables } from "./schema.ts";

type Builds<O> = SelectQueryBuilder<Tables, "build", O>;

/** Every column compared here begins an index whose next column is the time. */
export function byFilter<O>(query: Builds<O>, filter: BuildFilter): Builds<O> {
  const { forge, repo, hub, target, author, sha, phases, search, branchOnly, since } = filter;
  let builds = query;
  for (const [column, value] of Object.entries({ repo, hub, target, author, sha }) as [Column, string?][])
    if (value !== undefined) builds = builds.where(column, "=", value);
  if (forge !== undefined) builds = builds.where(repo === undefined ? sql.ref("forge") : beside("forge"), "=", forge);
  if (phases !== undefined) builds = builds.where("phase", "in", [...phases]);
  if (branchOnly === true) builds = builds.where("pinned", "=", 1);
  if (since !== undefined) builds = builds.where("created_at", ">=", since);
  if (search !== undefined) builds = builds.where((e) => bySearch(e, search));
  return builds;
}

/** Compared without its index: a repo tells more, and SQLite without statistics may take either. */
export function beside(column: string) {
  return sql<string>`${sql.ref(column)} || ''`;
}

type Column = "repo" | "hub" | "target" | "author" | "sha";

/** One word may be several things: every reading of it is looked up in an index of its own. */
function bySearch(e: ExpressionBuilder<Tables, "build">, word: string) {
  const text = word.trim();
  const lower = text.toLowerCase();
  // The first texts that do not begin so: `g` comes after the hexadecimal digits in every collation, DEL after ASCII in the column's own.
  const commit = /^[0-9a-f]{4,64}$/.test(lower) ? [e.and([e("sha", ">=", lower), e("sha", "<", `${lower}g`)])] : [];
  const task = /^\d{1,15}$/.test(text) ? [e("task_id", "=", Number(text))] : [];
  return e.or([...commit, ...task, e("id", "=", lower), e.and([e("nvr", ">=", text), e("nvr", "<", `${text}\x7f`)])]);
}
