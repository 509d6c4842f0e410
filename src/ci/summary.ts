import type { FoldedDigest } from "../domain/digest/fold.ts";
import { formatDuration } from "../domain/duration.ts";
import { escapeMarkdown, link } from "../domain/markdown.ts";
import { archOf, archTasks, formatTask } from "../domain/report.ts";
import { type BuildResult, type Interruption, type StepState, stateOfBuild } from "./result.ts";

const ICONS: Readonly<Record<StepState, string>> = {
  succeeded: "✅",
  submitted: "🔨",
  failed: "❌",
  refused: "🚫",
  infrastructure: "⚠️",
  timeout: "⌛",
  canceled: "⏹️",
};

/** The page of the job: a table of the builds, and why those that failed did. */
export function toSummary(results: readonly BuildResult[], interruption: Interruption): string {
  const rows = results.map((result) => toRow(result, stateOfBuild(result, interruption)));
  const why = results.flatMap((result) => result.failures.map((failure) => toDetails(result, failure)));
  return [
    "### Koji",
    "",
    "| target | state | package | arches | task |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    ...why,
    "",
  ].join("\n");
}

function toRow({ build, taskUrl, nvr }: BuildResult, state: StepState): string {
  const { target, scratch } = build.request;
  const name = `${escapeMarkdown(target)}${scratch ? " (scratch)" : ""}`;
  const arches = archTasks(build).map((task) => `${escapeMarkdown(archOf(task))} ${formatTask(task)}`);
  const task = build.task === null ? "" : link(String(build.task.id), taskUrl);
  const word = [state, timeOf(build.task)].filter(Boolean).join(" ");
  const reason = state === "succeeded" || build.reason === null ? "" : `: ${escapeMarkdown(build.reason)}`;
  return `| ${name} | ${ICONS[state]} ${word}${reason} | ${escapeMarkdown(nvr ?? "")} | ${arches.join("<br>")} | ${task} |`;
}

function timeOf(task: BuildResult["build"]["task"]): string {
  if (task === null || task.startedAt === null || task.finishedAt === null) return "";
  return `in ${formatDuration(task.finishedAt - task.startedAt)}`;
}

function toDetails({ build }: BuildResult, { arches, digest }: FoldedDigest): string {
  const where = [build.request.target, arches.join(", "), digest.section, digest.log].filter(Boolean).join(", ");
  const fence = "`".repeat(Math.max(3, ...digest.lines.map((line) => (/`+/.exec(line)?.[0].length ?? 0) + 1)));
  const hint = digest.hint === null ? [] : [`_${escapeMarkdown(digest.hint)}_`, ""];
  return [
    `**${escapeMarkdown(where)}: ${escapeMarkdown(digest.cause)}**`,
    "",
    fence,
    ...digest.lines,
    fence,
    "",
    ...hint,
  ].join("\n");
}
