import type { Build, TaskFailure } from "./build.ts";
import type { CommentContext, Measure } from "./comment-context.ts";
import { fold } from "./digest/fold.ts";
import { hintKey } from "./digest/hints.ts";
import { logUrl } from "./links.ts";
import { codeBlock, escapeMarkdown, link } from "./markdown.ts";
import { taskUrl } from "./report.ts";
import type { View } from "./template.ts";
import { say } from "./words/words.ts";

/** Why builds failed, once for all that failed for the same reason. */
export interface FailureView extends View {
  /** The arches, with their targets where there are several. */
  readonly where: string;
  readonly section: string;
  readonly cause: string;
  readonly infra: boolean;
  readonly hint: string;
  /** The name of the log the lines are from. */
  readonly log: string;
  /** A block of code; empty where there is no room. */
  readonly lines: string;
  /** Links to the whole logs. */
  readonly logs: string;
}

export function toFailureViews(builds: readonly Build[], context: CommentContext, measure: Measure): FailureView[] {
  const failed = builds.filter(({ failures }) => failures.length > 0);
  const names = namesOf(failed);
  const perArch = failed.flatMap((build) =>
    build.failures.map((failure) => ({
      arch: `${names(build)}${failure.arch}`,
      digest: failure.digest,
      build,
      failure,
    })),
  );
  return fold(perArch)
    .slice(0, measure.failures)
    .map(({ arches, digest }) => {
      const hint = hintKey(digest.class);
      const told = perArch.filter(({ arch }) => arches.includes(arch)).slice(0, 12);
      return {
        where: arches.slice(0, 12).map(escapeMarkdown).join(", ") + (arches.length > 12 ? ", …" : ""),
        section:
          digest.section === null ? "" : say(context.words, "in_section", { section: escapeMarkdown(digest.section) }),
        cause: escapeMarkdown(digest.cause),
        infra: digest.infra,
        hint: hint === null ? "" : context.words[hint],
        log: escapeMarkdown(digest.log ?? context.words.log),
        lines: digest.lines.length === 0 || measure.lines === 0 ? "" : codeBlock(digest.lines.slice(0, measure.lines)),
        logs: told.map(({ arch, build, failure }) => toLogLink(arch, build, failure, context)).join(", "),
      };
    });
}

/** What tells the arches of several builds apart: the target, and the package where there are several. */
function namesOf(builds: readonly Build[]): (build: Build) => string {
  if (builds.length <= 1) return () => "";
  const packages = new Set(builds.map(({ request }) => request.package));
  return ({ request }) => `${packages.size > 1 ? `${request.package ?? ""} ` : ""}${request.target} `;
}

function toLogLink(arch: string, build: Build, { task, digest }: TaskFailure, { links }: CommentContext): string {
  const at = links(build.request.hub);
  const url = digest.log === null ? taskUrl(task, at.webUrl) : logUrl(task, digest.log, at);
  return link(escapeMarkdown(arch), url);
}

export const SAMPLE_FAILURE: FailureView = {
  ...{ where: "", section: "", cause: "", infra: true, hint: "", log: "", lines: "", logs: "" },
};
