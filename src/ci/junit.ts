import type { FoldedDigest } from "../domain/digest/fold.ts";
import type { Task } from "../domain/koji.ts";
import { archOf, archTasks } from "../domain/report.ts";
import { type BuildResult, type Interruption, type StepState, stateOfBuild } from "./result.ts";

interface Case {
  readonly name: string;
  readonly target: string;
  readonly seconds: number;
  /** The element inside; empty for what went well. */
  readonly outcome: string;
}

/** JUnit XML as GitLab reads it: one case per arch; per build where no arch was begun. */
export function toJUnit(results: readonly BuildResult[], interruption: Interruption): string {
  const cases = results.flatMap((result) => toCases(result, stateOfBuild(result, interruption)));
  const count = (element: string) => cases.filter(({ outcome }) => outcome.startsWith(`<${element}`)).length;
  const total = `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
  const elements = cases.map(({ name, target, seconds, outcome }) => {
    return `    <testcase name="${escapeXml(name)}" classname="${escapeXml(target)}" time="${seconds}">${outcome}</testcase>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${total}>\n  <testsuite name="koji" ${total}>\n${elements.join("")}  </testsuite>\n</testsuites>\n`;
}

function toCases(result: BuildResult, state: StepState): Case[] {
  const { build, failures } = result;
  const { target } = build.request;
  const arches = archTasks(build);
  if (arches.length === 0) {
    const [failure] = failures;
    const outcome = state === "succeeded" ? "" : outcomeOf(state, build.reason ?? state, failure ?? null);
    return [{ name: "build", target, seconds: 0, outcome }];
  }
  return arches.map((task) => {
    const failure = failures.find((folded) => folded.arches.includes(archOf(task))) ?? null;
    return {
      name: archOf(task),
      target,
      seconds: secondsOf(task),
      outcome: outcomeOfTask(task, state, failure, build.reason),
    };
  });
}

function outcomeOfTask(task: Task, state: StepState, failure: FoldedDigest | null, reason: string | null): string {
  if (task.state === "CLOSED") return "";
  if (task.state === "FAILED")
    return outcomeOf(failure?.digest.infra ? "infrastructure" : "failed", reason ?? "failed", failure);
  return outcomeOf(state === "failed" ? "canceled" : state, reason ?? state, null);
}

function outcomeOf(state: StepState, reason: string, failure: FoldedDigest | null): string {
  if (state === "canceled" || state === "submitted") return `<skipped message="${escapeXml(reason)}"/>`;
  const element = state === "failed" ? "failure" : "error";
  const message = failure?.digest.cause ?? reason;
  return `<${element} message="${escapeXml(message)}">${escapeXml(failure?.digest.lines.join("\n") ?? "")}</${element}>`;
}

function secondsOf({ startedAt, finishedAt }: Task): number {
  return startedAt === null || finishedAt === null ? 0 : Math.max(0, finishedAt - startedAt) / 1000;
}

/** What XML 1.0 cannot hold in any spelling is left out. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
