import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { download, listPackages } from "../../ci/download.ts";
import { toJUnit } from "../../ci/junit.ts";
import { toDotenv, toJson, toOutputs, writeGitHubOutputs } from "../../ci/outputs.ts";
import { createProgress } from "../../ci/progress.ts";
import { type BuildResult, stateOf } from "../../ci/result.ts";
import { toSummary } from "../../ci/summary.ts";
import { type Build, isFinal } from "../../domain/build.ts";
import { fold } from "../../domain/digest/fold.ts";
import { createMask } from "../../domain/digest/mask.ts";
import { inRepo } from "../../domain/digest/repo-files.ts";
import { explain, KojibridgeError } from "../../domain/errors.ts";
import { describe, taskUrl } from "../../domain/report.ts";
import type { StepHub } from "./parts.ts";
import type { Step } from "./step.ts";
import { listRepoFiles } from "./surroundings.ts";
import type { Worked } from "./work.ts";

/** What is left behind: why builds failed, their packages, and every file somebody asked for. */
export async function conclude(step: Step, worked: Worked): Promise<BuildResult[]> {
  const { builds, interruption, hubs } = worked;
  try {
    const results = await Promise.all(builds.map((build) => toResult(step, build, builds.length > 1, hubs)));
    for (const result of results) tellFailures(step, result);
    writeReports(step, results, interruption);
    const state = stateOf(results, interruption);
    step.printer.line(`kojibridge: ${state}`);
    return results;
  } finally {
    await Promise.all([...hubs.values()].map((hub) => hub.close()));
  }
}

async function toResult(
  step: Step,
  build: Build,
  several: boolean,
  hubs: ReadonlyMap<string, StepHub>,
): Promise<BuildResult> {
  const hub = hubs.get(build.request.hub);
  const empty = {
    build,
    taskUrl: taskUrl(build.task?.id ?? null, hub?.webUrl ?? null),
    nvr: null,
    rpms: [],
    failures: fold(build.failures),
  };
  if (hub === undefined || build.task === null || step.host.signal.aborted) return empty;
  const srpmTask = build.task.children.find(({ label }) => label === "srpm")?.id ?? null;
  const nvr = await hub.files.nvr(build.task.id, srpmTask).catch(() => null);
  const rpms = isFinal(build.phase) ? await packagesOf(step, build, several, hub) : [];
  return { ...empty, nvr, rpms };
}

async function packagesOf(
  { wish, printer, host }: Step,
  build: Build,
  several: boolean,
  hub: StepHub,
): Promise<readonly string[]> {
  if (wish.download === null) return build.phase === "succeeded" ? listPackages(build, hub.files).catch(() => []) : [];
  const directory = several ? join(wish.download, build.request.target.replaceAll("/", "_")) : wish.download;
  const progress = createProgress(printer, "downloading");
  try {
    const paths = await download(build, { files: hub.files, ca: hub.ca, directory, progress, signal: host.signal });
    printer.line(`downloaded ${paths.length} packages and the logs into ${directory}`);
    return paths;
  } catch (error) {
    // Without its packages a build that went well is of no use to the next step; a failed one is explained anyway.
    if (build.phase === "succeeded") throw error;
    printer.line(`not all logs could be downloaded: ${explain(error)}`);
    return [];
  }
}

function tellFailures({ printer }: Step, { build, failures }: BuildResult): void {
  const { target } = build.request;
  for (const { arches, digest } of failures) {
    const where = [target, arches.join(", "), digest.section, digest.log].filter(Boolean).join(", ");
    printer.line(`${where}: ${digest.cause}`);
    printer.group(`${target} ${arches.join(", ")}: the log around it`);
    for (const line of digest.lines) printer.foreign(line);
    printer.endGroup();
    if (digest.hint !== null) printer.line(digest.hint);
    const blamed = inRepo(digest.annotations, listRepoFiles());
    for (const { path, line, message } of blamed)
      printer.annotate({ level: "error", title: `Koji ${arches.join(", ")}`, message, file: path, line });
    if (blamed.length === 0)
      printer.annotate({ level: "error", title: `Koji ${where}`, message: digest.cause, file: null, line: null });
  }
  if (build.phase === "failed" && failures.length === 0)
    printer.annotate({ level: "error", title: `Koji ${target}`, message: describe(build), file: null, line: null });
}

function writeReports(step: Step, results: readonly BuildResult[], interruption: Worked["interruption"]): void {
  const { wish, pipeline, credentials } = step;
  const mask = createMask(credentials.secrets);
  const outputs = toOutputs(results, interruption);
  const texts = { junit: toJUnit, json: toJson, dotenv: () => toDotenv(outputs) };
  for (const { kind, file } of wish.reports) write(file, mask(texts[kind](results, interruption)), writeFileSync);
  if (pipeline.outputFile !== null) writeGitHubOutputs(pipeline.outputFile, outputs);
  if (pipeline.summaryFile !== null)
    write(pipeline.summaryFile, mask(toSummary(results, interruption)), appendFileSync);
}

function write(file: string, text: string, how: (file: string, text: string) => void): void {
  try {
    how(file, text);
  } catch (cause) {
    throw new KojibridgeError("invalid", `${file} cannot be written`, { cause });
  }
}
