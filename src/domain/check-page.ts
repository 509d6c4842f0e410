import type { Build } from "./build.ts";
import type { CommentContext, Measure } from "./comment-context.ts";
import { inRepo } from "./digest/repo-files.ts";
import type { Annotation } from "./digest/types.ts";
import { toFailureViews } from "./failure-view.ts";
import { escapeMarkdown, link } from "./markdown.ts";
import { archOf, archTasks, describe, formatTask, isInfraFailure, type StatusPage, taskUrl } from "./report.ts";

/** GitHub's: 65535 characters for each of summary and text, 50 annotations a request. */
const PAGE_LIMIT = 65_000;
const ANNOTATIONS = 50;
const MEASURES: readonly Measure[] = [15, 5, 0].map((lines) => ({
  ...{ rows: 1, failures: 20, earlier: 0, macros: false },
  lines,
}));

/**
 * The page of one build's check run.
 * @param files paths of the repository at that commit; null where they are not known: then its spec file is annotated only
 */
export function toPage(build: Build, files: readonly string[] | null, context: CommentContext): StatusPage {
  return {
    title: describe(build, context.words).replaceAll(/\s+/g, " ").slice(0, 250).toWellFormed(),
    summary: toSummary(build, context),
    text: toText(build, context) || null,
    annotations: toAnnotations(build, files),
  };
}

function toSummary(build: Build, { words, links }: CommentContext): string {
  const { webUrl } = links(build.request.hub);
  const rows = archTasks(build).map((task) => {
    const arch = link(escapeMarkdown(archOf(task)), taskUrl(task.id, webUrl));
    return `| ${arch} | ${formatTask(task, words)} |`;
  });
  const task =
    build.task === null ? [] : [`${words.task} ${link(String(build.task.id), taskUrl(build.task.id, webUrl))}`];
  const head = [escapeMarkdown(describe(build, words)), ...(isInfraFailure(build) ? [words.infra_note] : []), ...task];
  const table = rows.length === 0 ? [] : ["", `| ${words.arches} | ${words.state} |`, "|---|---|", ...rows];
  return [head.join("\n\n"), ...table].join("\n").slice(0, PAGE_LIMIT);
}

function toText(build: Build, context: CommentContext): string {
  for (const measure of MEASURES) {
    const text = toFailureViews([build], context, measure)
      .map(({ where, section, cause, hint, lines, logs }) =>
        [
          `#### ${where}${section === "" ? "" : ` ${section}`}`,
          cause,
          lines,
          hint === "" ? "" : `_${hint}_`,
          logs === "" ? "" : `${context.words.whole_log}: ${logs}`,
        ]
          .filter(Boolean)
          .join("\n\n"),
      )
      .join("\n\n");
    if (text.length <= PAGE_LIMIT) return text;
  }
  return "";
}

/** Each line once, however many arches blame it. */
function toAnnotations({ failures, request }: Build, files: readonly string[] | null): Annotation[] {
  const all = failures.flatMap(({ digest }) => digest.annotations);
  const ours = files === null ? all.filter(({ path }) => isSpec(path, request)) : inRepo(all, files);
  const once = new Map(ours.map((annotation) => [JSON.stringify(annotation), annotation]));
  return [...once.values()].slice(0, ANNOTATIONS);
}

/** A log knows the spec by its name; where the source is the repository as a whole, it lies at its top. */
function isSpec(path: string, { source }: Build["request"]): boolean {
  return /^[\w.+-]+\.spec$/.test(path) && !source.includes("?");
}
