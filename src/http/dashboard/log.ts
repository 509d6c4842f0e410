import type { TaskId } from "../../domain/koji.ts";
import { isFinalTaskState } from "../../domain/koji.ts";
import { archOf } from "../../domain/report.ts";
import type { LogTail } from "../../ports/insight.ts";
import { createLook } from "../look.ts";
import type { Visitor } from "../visitor/visitor.ts";
import type { DashboardDeps } from "./deps.ts";
import { html } from "./html.ts";
import { page } from "./layout.ts";
import type { Links } from "./links.ts";

const BYTES = 24 * 1024;
const PATIENCE_MS = 4_000;
const FRESH_MS = 2_000;
const MOST = 200;

export interface LogPages {
  /** Null: there is no such build, or it has no such task. */
  show(build: string, task: TaskId, visitor: Visitor): Promise<string | null>;
}

/** The end of a task's log. However many look, the hub is asked once in two seconds for each task. */
export function createLogPages(deps: DashboardDeps, links: Links): LogPages {
  const look = createLook<LogTail | null>({ freshMs: FRESH_MS, patienceMs: PATIENCE_MS, most: MOST, now: deps.now });

  return {
    async show(id, task, visitor) {
      const entry = await deps.gallery.entry(id);
      const child = entry?.build.task?.children.find((one) => one.id === task);
      const hub = deps.hubs.get(entry?.build.request.hub ?? "");
      if (entry == null || child === undefined || hub === undefined) return null;
      const seen = await look(`${hub.name} ${task}`, () => hub.insight.tail(task, BYTES));
      const text = "value" in seen ? toText(seen.value, deps.mask) : `The log cannot be read now: ${seen.problem}`;
      const name = child.method === "buildArch" ? archOf(child) : (child.label ?? child.method);
      const isOver = isFinalTaskState(child.state) && "value" in seen;
      const title = `Log of ${name}`;
      const body = html`<h1>${title}</h1>
<p><a href="${links.build(id)}">${entry.build.repo} on ${entry.build.request.target}</a></p>
<div id="log" data-live><pre id="log-text" tabindex="0" aria-label="End of the log"${isOver && html` data-final`}>${text}</pre></div>`;
      return page({ title, here: "builds", links, visitor, live: null, ...(isOver ? {} : { again: 3 }) }, body);
    },
  };
}

function toText(tail: LogTail | null, mask: (text: string) => string): string {
  if (tail === null) return "Nothing has been written yet.";
  const cut = tail.size > Buffer.byteLength(tail.text);
  // The first line of a part is the rest of one, and may be the rest of a secret.
  const text = cut ? tail.text.slice(tail.text.indexOf("\n") + 1) : tail.text;
  return `${cut ? `… the last ${Math.round(BYTES / 1024)} KB of ` : ""}${tail.name}\n\n${mask(text)}`;
}
