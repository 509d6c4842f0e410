import { EN } from "../words/en.ts";
import { bestOf, type Finding, findAll, type Phase } from "./find.ts";
import { hintKey } from "./hints.ts";
import { createMask, type Mask } from "./mask.ts";
import { findLast, type Page, toFaultPage, toPage } from "./page.ts";
import { tell, toLine } from "./tell.ts";
import { type Annotation, type Digest, type FailedTask, LIMITS, type LogText } from "./types.ts";

/**
 * Why a task failed, from its fault and the ends of its logs, best log first (`pickLogs`). Pure, never throws, linear in
 * the text, bounded by LIMITS.
 * @param secrets values that must not appear, besides everything that looks like a secret
 */
export function digest(task: FailedTask, logs: readonly LogText[], secrets: readonly string[] = []): Digest {
  const pages = [...logs.map(toPage).filter((page) => page !== null), toFaultPage(task)];
  const phase = toPhase(task, pages);
  const mask = createMask(secrets);
  const found = pages.flatMap((page) => findAll(page, phase));
  const finding = bestOf(found);
  if (finding === null) return unknown(task, pages, mask);
  const spec = specOf(pages);
  const { cause, lines } = tell(finding, mask, spec);
  const { rule, page } = finding;
  const hint = hintKey(rule.class);
  return {
    class: rule.class,
    infra: rule.infra ?? false,
    cause,
    section: page.section,
    log: page.name,
    lines,
    annotations: annotate(finding, found, mask, spec),
    hint: hint === null ? null : EN[hint],
  };
}

/** kojid makes the buildroot first and says so; without its word the package manager's command tells. */
function toPhase(task: FailedTask, pages: readonly Page[]): Phase {
  if (task.fault !== null) return task.fault.includes("could not init mock buildroot") ? "init" : "build";
  const root = pages.find((page) => page.kind === "root");
  const command = root?.lines[root.from]?.slice(0, LIMITS.line) ?? "";
  return /\binstall\b/.test(command) && !command.includes("builddep") ? "init" : "build";
}

/** mock names it in its commands; errors of rpm often do not. */
function specOf(pages: readonly Page[]): string | null {
  const name = /SPECS\/([\w.+-]{1,200}\.spec)\b/;
  for (const { lines } of pages) {
    const at = findLast(
      lines,
      lines.length,
      (line) => line.includes("SPECS/") && name.test(line.slice(0, LIMITS.line)),
    );
    if (at >= 0) return name.exec((lines[at] ?? "").slice(0, LIMITS.line))?.[1] ?? null;
  }
  return null;
}

/** Every line of a file that was blamed for the same reason in the same log, in its order. */
function annotate(cause: Finding, found: readonly Finding[], mask: Mask, spec: string | null): Annotation[] {
  const alike = found.filter(
    ({ page, rule, score }) => page === cause.page && rule.class === cause.rule.class && score <= cause.score,
  );
  const annotations = new Map<string, Annotation>();
  for (const finding of alike.slice(0, 10 * LIMITS.annotations)) {
    const { annotation } = tell(finding, mask, spec);
    if (annotation !== null) annotations.set(JSON.stringify([annotation.path, annotation.line]), annotation);
  }
  return [...annotations.values()].slice(0, LIMITS.annotations);
}

/** The task's own words, or the last ones of the first log. */
function unknown({ fault }: FailedTask, pages: readonly Page[], mask: Mask): Digest {
  const page = pages.find(({ lines }) => lines.some((line) => line.trim() !== "")) ?? null;
  const lines = page?.lines.filter((line) => line.trim() !== "").slice(-LIMITS.context) ?? [];
  const block = lines.map((line) => line.slice(0, LIMITS.line)).join("\n");
  const shown = block === "" ? [] : mask(block).split("\n");
  const words = mask((fault ?? "").slice(0, LIMITS.line)).trim() || shown.at(-1) || "";
  return {
    class: "unknown",
    infra: false,
    cause: toLine(words, LIMITS.cause) || "the hub says nothing about it",
    section: page?.section ?? null,
    log: page?.name ?? null,
    lines: shown.map((line) => toLine(line, LIMITS.contextLine)),
    annotations: [],
    hint: null,
  };
}
