import { type Build, isFinal } from "../domain/build.ts";
import { formatDuration } from "../domain/duration.ts";
import { isFinalTaskState, type Task } from "../domain/koji.ts";
import { archOf, archTasks, describe, formatTask, taskUrl } from "../domain/report.ts";
import type { Printer } from "./printer.ts";

export interface View {
  /** A build as it is now. */
  show(build: Build): void;
  /** Draws the running clocks of a terminal. */
  tick(): void;
}

/** One line per build, one per arch: drawn over on a terminal, else a line whenever one says something new. */
export function createView(printer: Printer, webUrl: (hub: string) => string | null, now: () => number): View {
  const builds = new Map<string, Build>();
  const said = new Map<string, string>();

  function redraw(): void {
    printer.redraw([...builds.values()].flatMap((build) => linesOf(build, webUrl, now()).map(({ text }) => text)));
  }

  return {
    show(build) {
      builds.set(build.id, build);
      if (printer.live) return redraw();
      for (const { key, text } of linesOf(build, webUrl, null)) {
        if (said.get(key) === text) continue;
        said.set(key, text);
        printer.line(text);
      }
    },
    tick() {
      if (printer.live && [...builds.values()].some(({ phase }) => !isFinal(phase))) redraw();
    },
  };
}

interface Line {
  readonly key: string;
  readonly text: string;
}

/** `clock` null: nothing that changes by itself. The link comes first: it is what people look for. */
function linesOf(build: Build, webUrl: (hub: string) => string | null, clock: number | null): Line[] {
  const { target, scratch, hub } = build.request;
  const name = `${target}${scratch ? " (scratch)" : ""}`;
  const url = build.task === null ? null : taskUrl(build.task.id, webUrl(hub));
  const lines: Line[] = [];
  if (build.task !== null)
    lines.push({
      key: `${build.id} link ${build.task.id}`,
      text: `${name}: task ${build.task.id}${url === null ? "" : ` ${url}`}`,
    });
  for (const task of childrenOf(build))
    lines.push({ key: `${build.id} ${task.id}`, text: `${name}: ${wordOf(task).padEnd(8)} ${progress(task, clock)}` });
  // "accepted" is no news, and while children run, their own lines say it.
  const waits = build.parked !== null || build.ending !== null;
  const isTold =
    build.task === null ? isFinal(build.phase) : build.phase !== "running" || childrenOf(build).length === 0;
  if (waits || isTold) lines.push({ key: build.id, text: `${name}: ${describe(build)}` });
  return lines;
}

function childrenOf(build: Build): Task[] {
  const others = build.task?.children.filter(({ method }) => method !== "buildArch") ?? [];
  return [...others, ...archTasks(build)];
}

function wordOf(task: Task): string {
  return task.method === "buildArch" ? archOf(task) : (task.label ?? task.method);
}

function progress(task: Task, clock: number | null): string {
  const runs = clock !== null && task.startedAt !== null && !isFinalTaskState(task.state);
  return runs ? `${formatTask(task)} ${formatDuration(clock - (task.startedAt ?? clock))}` : formatTask(task);
}
