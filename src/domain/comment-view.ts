import type { Build, Phase } from "./build.ts";
import type { CommentContext, Measure } from "./comment-context.ts";
import { type FailureView, SAMPLE_FAILURE, toFailureViews } from "./failure-view.ts";
import { buildUrl, type HubLinks, logUrl } from "./links.ts";
import { codeBlock, escapeMarkdown, inlineCode, link } from "./markdown.ts";
import { archOf, archTasks, describe, describeEnd, formatTask, isInfraFailure, taskUrl, timeOf } from "./report.ts";
import type { View } from "./template.ts";
import { EN, inLanguage, say, type Words } from "./words/words.ts";

/** Everything a template of the comment may name. Every text in it is Markdown already: what came from outside is escaped. */
interface CommentView extends View {
  readonly word: Words;
  readonly title: string;
  /** The command that allows it; empty where nothing waits for leave. */
  readonly approval: string;
  readonly has_packages: boolean;
  readonly builds: readonly Row[];
  /** How many rows there was no room for; empty if none. */
  readonly more: string;
  readonly failures: readonly FailureView[];
  readonly retries: readonly { readonly tried: string; readonly tasks: string }[];
  readonly download: string;
  readonly macros: readonly MacrosView[];
  readonly has_earlier: boolean;
  readonly earlier_title: string;
  readonly earlier: readonly { readonly sha: string; readonly builds: string }[];
}

interface Row extends View {
  readonly package: string;
  readonly target: string;
  readonly scratch: boolean;
  readonly icon: string;
  readonly state: string;
  readonly nvr: string;
  /** One per line of the cell. */
  readonly arches: string;
  readonly task: string;
}

interface MacrosView extends View {
  readonly targets: string;
  readonly through: string;
  readonly items: readonly { readonly name: string; readonly value: string; readonly by: string }[];
}

const ICONS: Readonly<Record<Phase, string>> = {
  queued: "🕓",
  preparing: "🕓",
  submitting: "🕓",
  running: "🔨",
  succeeded: "✅",
  failed: "❌",
  canceled: "⏹️",
  superseded: "⏹️",
  expired: "⚠️",
};

export function toCommentView(
  shown: readonly Build[],
  before: readonly Build[],
  context: CommentContext,
  measure: Measure,
): CommentView {
  const { words } = context;
  const sha = shown[0]?.sha.slice(0, 12) ?? "";
  const hidden = shown.length - measure.rows;
  const earlier = Object.entries(Object.groupBy(before, (build) => build.sha)).toReversed();
  return {
    word: words,
    title: say(words, "title", { sha }),
    approval: shown.some(({ hold }) => hold !== null) ? codeBlock([`/koji approve ${sha}`]) : "",
    has_packages: shown.some(({ request }) => request.package !== null),
    builds: shown.slice(0, measure.rows).map((build) => toRow(build, context)),
    more: hidden > 0 ? say(words, "more", { count: hidden }) : "",
    failures: toFailureViews(shown, context, measure),
    retries: shown.filter(({ retries }) => retries.length > 0).map((build) => toRetries(build, context)),
    download: toDownload(shown, context),
    macros: measure.macros ? toMacros(shown, words) : [],
    has_earlier: earlier.length > 0 && measure.earlier > 0,
    earlier_title: say(words, "earlier", { count: earlier.length }),
    earlier: earlier.slice(0, measure.earlier).map(([commit, builds = []]) => toEarlier(commit, builds, words)),
  };
}

function toRow(build: Build, { words, links }: CommentContext): Row {
  const at = links(build.request.hub);
  const { task, made, request } = build;
  return {
    package: escapeMarkdown(request.package ?? ""),
    target: escapeMarkdown(request.target),
    scratch: request.scratch,
    icon: iconOf(build),
    state: escapeMarkdown(cut(toState(build, words), 160)),
    nvr: made === null ? "" : link(escapeMarkdown(made.nvr), buildUrl(made.buildId, at)),
    arches: archCells(build, at, words).join("<br>"),
    task: task === null ? "" : link(String(task.id), taskUrl(task.id, at.webUrl)),
  };
}

function iconOf(build: Build): string {
  return isInfraFailure(build) ? "⚠️" : ICONS[build.phase];
}

/** The arches have a column of their own. */
function toState(build: Build, words: Words): string {
  const { phase, task, hold } = build;
  if (phase === "queued" || phase === "preparing" || phase === "submitting" || hold !== null)
    return describe(build, words);
  const time = phase === "succeeded" && task !== null ? timeOf(task) : null;
  return [describeEnd(build, words), time === null ? "" : say(words, "took", { time })].filter(Boolean).join(" ");
}

/** A log is there for certain once the arch is built, or its failure was read. */
function archCells(build: Build, at: HubLinks, words: Words): string[] {
  return archTasks(build).map((task) => {
    const text = link(`${escapeMarkdown(archOf(task))} ${formatTask(task, words)}`, taskUrl(task.id, at.webUrl));
    const told = build.failures.find((failure) => failure.task === task.id)?.digest.log ?? null;
    const log = task.state === "CLOSED" ? "build.log" : told;
    const url = log === null ? null : logUrl(task.id, log, at);
    return url === null ? text : `${text} (${link(words.log, url)})`;
  });
}

function toRetries({ request, retries }: Build, { words, links }: CommentContext) {
  const { webUrl } = links(request.hub);
  return {
    tried: say(words, "tried", { target: escapeMarkdown(request.target) }),
    tasks: retries
      .map(
        ({ task, cause }) =>
          `${link(String(task), taskUrl(task, webUrl))} (${escapeMarkdown(cut(inLanguage(words, cause), 120))})`,
      )
      .join(", "),
  };
}

/** What to type, for each build that has packages. */
function toDownload(shown: readonly Build[], { links }: CommentContext): string {
  const lines = shown.flatMap(({ phase, request, task, made }) => {
    if (phase !== "succeeded") return [];
    const { command } = links(request.hub);
    if (made !== null) return [`${command} download-build ${made.nvr}`];
    return task !== null && request.scratch ? [`${command} download-task ${task.id}`] : [];
  });
  return lines.length === 0 ? "" : codeBlock(lines.slice(0, 20));
}

function toMacros(shown: readonly Build[], words: Words): MacrosView[] {
  const used = shown.filter(({ request }) => request.macros.length > 0);
  const groups = Object.values(
    Object.groupBy(used, ({ request, carrier }) => JSON.stringify([request.macros, carrier])),
  );
  return groups.flatMap((builds) => {
    const [first] = builds ?? [];
    if (first === undefined) return [];
    return {
      targets: [...new Set(builds?.map(({ request }) => escapeMarkdown(request.target)))].join(", "),
      through: toThrough(first, words),
      items: first.request.macros.slice(0, 50).map(({ name, value, layer }) => ({
        name: inlineCode(name),
        value: value === null ? words.unset : inlineCode(value),
        by: words[`by_${layer}`],
      })),
    };
  });
}

function toThrough({ carrier }: Build, words: Words): string {
  if (carrier === null) return "";
  if (carrier.strategy === "srpm") return words.through_srpm;
  return say(words, `through_${carrier.strategy}`, { tag: escapeMarkdown(carrier.tag ?? "") });
}

function toEarlier(sha: string, builds: readonly Build[], words: Words) {
  const told = builds.map(
    (build) =>
      `${escapeMarkdown(build.request.target)} ${iconOf(build)} ${escapeMarkdown(cut(toState(build, words), 80))}`,
  );
  return { sha: sha.slice(0, 12), builds: told.slice(0, 10).join(", ") };
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).toWellFormed()}…`;
}

/** Names everything a template may. */
export const COMMENT_SAMPLE: CommentView = {
  ...{ word: EN, title: "", approval: "", has_packages: false, more: "", download: "", has_earlier: false },
  builds: [{ package: "", target: "", scratch: true, icon: "", state: "", nvr: "", arches: "", task: "" }],
  failures: [SAMPLE_FAILURE],
  retries: [{ tried: "", tasks: "" }],
  macros: [{ targets: "", through: "", items: [{ name: "", value: "", by: "" }] }],
  earlier_title: "",
  earlier: [{ sha: "", builds: "" }],
};
