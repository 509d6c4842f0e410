import { type Build, isFinal } from "./build.ts";
import type { CommentContext, Measure } from "./comment-context.ts";
import { toCommentView } from "./comment-view.ts";
import { render, type Template } from "./template.ts";
import { say } from "./words/words.ts";

/** Hidden in every comment of ours: how it is found again. */
export const MARKER = "<!-- kojibridge -->";

/** GitHub's, the smallest: 65536 characters; GitLab takes a million, Forgejo what its database takes. */
const LIMIT = 65_000;

/** What there is room for, most first. Digests go before rows: each row has a link to its task. */
const MEASURES: readonly Measure[] = [
  { rows: 200, failures: 20, lines: 15, earlier: 10, macros: true },
  { rows: 200, failures: 20, lines: 5, earlier: 10, macros: true },
  { rows: 200, failures: 20, lines: 0, earlier: 3, macros: true },
  { rows: 100, failures: 5, lines: 0, earlier: 0, macros: false },
  { rows: 30, failures: 3, lines: 0, earlier: 0, macros: false },
  { rows: 10, failures: 0, lines: 0, earlier: 0, macros: false },
];

/**
 * The one comment of a merge request: what became of its newest commit. Null while the rules want none (`on_failure`
 * before anything failed, `never`).
 * @param builds every build of the merge request, oldest first
 * @param exists a comment that is there already is kept true whatever happens
 */
export function toComment(
  builds: readonly Build[],
  exists: boolean,
  template: Template,
  context: CommentContext,
): string | null {
  const head = builds.at(-1)?.sha;
  const shown = builds.filter((build) => build.sha === head && isTold(build, exists));
  if (shown.length === 0) return null;
  const earlier = builds.filter(({ sha }) => sha !== head);
  for (const measure of MEASURES) {
    const text = `${MARKER}\n${render(template, toCommentView(shown, earlier, context, measure)).trim()}`;
    if (text.length <= LIMIT) return text;
  }
  return `${MARKER}\n${say(context.words, "more", { count: shown.length })}`;
}

function isTold({ request, phase, hold }: Build, exists: boolean): boolean {
  if (request.comments !== "on_failure") return request.comments === "always";
  return exists || hold !== null || (isFinal(phase) && phase !== "succeeded");
}
