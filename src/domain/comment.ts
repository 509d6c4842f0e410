import type { Build, Phase } from "./build.ts";
import { isFinal } from "./build.ts";
import { escapeMarkdown, link } from "./markdown.ts";
import { archOf, archTasks, describe, describeEnd, formatTask, taskUrl } from "./report.ts";

/** Hidden in every comment of ours: how it is found again. */
export const MARKER = "<!-- kojibridge -->";

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

/**
 * The one comment of a merge request: a table of target × arch for its newest commit. Null while the rules want none
 * (`on_failure` before anything failed, `never`).
 * @param builds every build of the merge request, oldest first
 * @param exists a comment that is there already is kept true whatever happens
 * @param webUrl the web interface of a hub
 */
export function toComment(
  builds: readonly Build[],
  exists: boolean,
  webUrl: (hub: string) => string | null,
): string | null {
  const head = builds.at(-1)?.sha;
  const shown = builds.filter((build) => build.sha === head && isTold(build, exists));
  if (shown.length === 0) return null;
  const rows = shown.map((build) => toRow(build, webUrl(build.request.hub)));
  const earlier = new Set(builds.map((build) => build.sha)).size - 1;
  return [
    MARKER,
    `### Koji builds of ${head?.slice(0, 12)}`,
    "",
    "| target | state | arches | task |",
    "|---|---|---|---|",
    ...rows,
    ...(earlier > 0
      ? ["", `_${earlier} earlier ${earlier === 1 ? "commit" : "commits"} of this merge request built before._`]
      : []),
  ].join("\n");
}

function isTold({ request, phase }: Build, exists: boolean): boolean {
  if (request.comments !== "on_failure") return request.comments === "always";
  return exists || (isFinal(phase) && phase !== "succeeded");
}

function toRow(build: Build, webUrl: string | null): string {
  const { target, scratch } = build.request;
  const name = `${escapeMarkdown(target)}${scratch ? " (scratch)" : ""}`;
  const arches = archTasks(build).map((task) => {
    const text = `${escapeMarkdown(archOf(task))} ${formatTask(task)}`;
    return link(text, taskUrl(task.id, webUrl));
  });
  const task = build.task === null ? "" : link(String(build.task.id), taskUrl(build.task.id, webUrl));
  const state = `${ICONS[build.phase]} ${escapeMarkdown(toState(build))}`;
  return `| ${name} | ${state} | ${arches.join("<br>")} | ${task} |`;
}

/** The arches have a column of their own. */
function toState(build: Build): string {
  return isFinal(build.phase) || build.phase === "running" ? describeEnd(build) : describe(build);
}
