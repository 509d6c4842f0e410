import { Buffer } from "node:buffer";
import type { ServerResponse } from "node:http";
import type { Core } from "./core.ts";
import { readOutput } from "./methods/output.ts";
import { str } from "./python.ts";
import { send, sendApachePage } from "./reply.ts";
import type { TaskRow } from "./rows.ts";
import { childrenOf } from "./tasks.ts";
import { formatTimeOrNil } from "./time.ts";

/** The task page of the web interface, so that the links in statuses lead somewhere. */
export function serveTaskPage(core: Core, response: ServerResponse, id: number): void {
  const task = core.db.tasks.get(id);
  if (task === undefined) sendApachePage(response, 404, "Not Found", `Invalid task ID: ${id}`);
  else send(response, 200, "text/html; charset=utf-8", taskPage(core, task));
}

/** koji-web's getfile (www/kojiweb/index.py): a log as text; a negative offset counts from the end. */
export function serveTaskFile(core: Core, response: ServerResponse, query: URLSearchParams): void {
  const name = query.get("name") ?? "";
  const content = readOutput(core, Number(query.get("taskID")), name);
  const offset = Number(query.get("offset") ?? 0);
  if (content === undefined) sendApachePage(response, 404, "Not Found", `Invalid file name: ${name}`);
  else send(response, 200, "text/plain; charset=utf-8", Buffer.from(content.subarray(offset)).toString());
}

function taskPage(core: Core, task: TaskRow): string {
  const { id } = task;
  const children = childrenOf(core, id).map(
    (child) => `<li><a href="taskinfo?taskID=${child.id}">${title(child)}</a> ${child.state}</li>`,
  );
  const logs = task.output.map(
    ({ name }) => `<li><a href="/kojifiles/work/tasks/${id % 10000}/${id}/${name}">${name}</a></li>`,
  );
  const facts = [
    `State: ${task.state}`,
    `Owner: ${core.db.users.get(task.owner)?.name ?? ""}`,
    `Finished: ${formatTimeOrNil(task.completed) ?? ""}`,
  ];
  const lists = `<ul>${children.join("\n")}</ul>\n<ul>${logs.join("\n")}</ul>`;
  const body = `<h1>Information for task ${title(task)}</h1>\n<p>${facts.map(escapeHtml).join("<br>")}</p>\n<pre>${escapeHtml(task.request.map(str).join("\n"))}</pre>\n${lists}`;
  return `<!DOCTYPE html>\n<title>task ${id}</title>\n${body}\n`;
}

function title(task: TaskRow): string {
  return escapeHtml(`${task.method} (${task.label ?? task.arch}) #${task.id}`);
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
