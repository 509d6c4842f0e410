import { whyNot } from "../../app/commands.ts";
import { type Build, isFinal } from "../../domain/build.ts";
import { archOf, archTasks, describe, taskUrl } from "../../domain/report.ts";
import type { Entry, Word } from "../../ports/gallery.ts";
import type { Delivery } from "../../ports/store.ts";
import type { Visitor } from "../visitor/visitor.ts";
import { taskBar } from "./chart.ts";
import type { DashboardDeps } from "./deps.ts";
import { failureSection } from "./failure.ts";
import { type Html, html, type Part, webLink } from "./html.ts";
import { button, facts, page, section } from "./layout.ts";
import type { Links } from "./links.ts";
import { macroSection } from "./macros.ts";
import { timeline } from "./timeline.ts";
import { age, duration, originText, phasePill, quietPill, shortSha, taskPill, verdictPill } from "./words.ts";

/** Null: there is no such build. */
export async function buildPage(
  deps: DashboardDeps,
  links: Links,
  id: string,
  visitor: Visitor,
): Promise<string | null> {
  const entry = await deps.gallery.entry(id);
  if (entry === null) return null;
  const { build } = entry;
  const [words, delivery] = await Promise.all([deps.gallery.words(id), deps.gallery.delivery(build.delivery)]);
  const webUrl = deps.hubs.get(build.request.hub)?.webUrl ?? null;
  const now = deps.now();
  const title = build.made?.nvr ?? `${build.repo} on ${build.request.target}`;
  const body = html`<div id="head" data-live>${head(entry, links, visitor, now)}</div>
<div class="columns"><div>
<div id="story" data-live>${archSection(build, webUrl, now)}${failureSection(build, links, webUrl)}${macroSection(build)}</div>
${logSection(build, links)}
</div><div id="side" data-live>
${section("timeline", "Timeline", timeline(build, delivery, words))}
${section("reported", "Reported", reported(words, now))}
${section("why", "Why this build", why(build, delivery, links))}
</div></div>`;
  // What is said of it is no event of its own: it is looked for.
  const goesOn = !isFinal(build.phase) || words.some(({ owed }) => owed);
  const live = { live: goesOn ? id : null, ...(goesOn ? { again: WORDS_AGAIN_S } : {}) };
  return page({ title, here: "builds", links, visitor, ...live }, body);
}

const WORDS_AGAIN_S = 3;

const BUTTONS = [
  ["approve", "Approve this commit", "main"],
  ["retry", "Build again", "main"],
  ["cancel", "Cancel", "danger"],
] as const;

function head({ build, origin }: Entry, links: Links, { person, formKey }: Visitor, now: number): Html {
  const { request, repo, forge, sha } = build;
  const name = build.made?.nvr ?? request.target;
  const where = origin && webLink(origin.webUrl, originText(origin));
  const at = links.build(build.id);
  const buttons = BUTTONS.flatMap(([command, text, look]) =>
    whyNot(command, build) === null ? button(`${at}/${command}`, formKey, text, look) : [],
  );
  return html`<div class="head"><h1>${name}</h1>${phasePill(build)}${request.scratch ? quietPill("scratch") : quietPill("real")}</div>
<p class="quiet">${describe(build)}</p>
<div class="card">${facts([
    ["Repository", html`<a href="${links.repo(forge, repo)}">${repo}</a> <span class="quiet">on ${forge}</span>`],
    ["Commit", html`<a class="mono" href="${links.builds({ sha })}" title="${sha}">${shortSha(sha)}</a>`],
    ["From", where],
    ["Author", origin && html`<a href="${links.builds({ author: origin.author })}">${origin.author}</a>`],
    [
      "Target",
      html`<a href="${links.builds({ target: request.target })}">${request.target}</a> <span class="quiet">on hub ${request.hub}</span>`,
    ],
    ["Arches", request.arches.join(", ")],
    [
      "Accepted",
      html`${age(build.createdAt, now)}, ${isFinal(build.phase) ? "took" : "for"} ${duration(build.createdAt, build.finishedAt, now)}`,
    ],
    ["Attempt", build.attempt > 1 && build.attempt],
    [
      "Retried",
      build.retries.length > 0 &&
        html`${build.retries.map(({ task, cause }) => html`<div>task ${task}: ${cause}</div>`)}`,
    ],
    ["Waiting", build.hold !== null && "for approval by somebody who may write to the repository"],
  ])}${person !== null && buttons.length > 0 && html`<div class="buttons">${buttons}</div>`}</div>`;
}

function archSection(build: Build, webUrl: string | null, now: number): Part {
  const { task } = build;
  if (task === null) return false;
  const tasks = [...task.children.filter((child) => child.method !== "buildArch"), ...archTasks(build)];
  const times = tasks.flatMap(({ createdAt, startedAt, finishedAt }) => [createdAt, startedAt, finishedAt]);
  const known = times.filter((time) => time !== null);
  // All by the hub's clock, but for a task that runs on.
  const from = Math.min(...known);
  const to = Math.max(...known, ...(isFinal(build.phase) ? [] : [now]));
  const rows = tasks.map((child) => {
    const name = child.method === "buildArch" ? archOf(child) : (child.label ?? child.method);
    return html`<li id="task-${child.id}"><span>${webLink(taskUrl(child.id, webUrl), name)}</span><span>${taskPill(child.state)}</span>${taskBar(child, from, to)}<span class="side">${duration(child.startedAt, child.finishedAt, to)}</span></li>`;
  });
  const title = html`<p class="quiet small">Task ${webLink(taskUrl(task.id, webUrl), String(task.id))}: ${task.state.toLowerCase()}</p>`;
  return section("tasks", "On the hub", html`${title}<ul class="bars">${rows}</ul>`);
}

/** Each log is fetched when somebody opens it; the link is for those without JavaScript. */
function logSection(build: Build, links: Links): Html {
  const rows = (build.task?.children ?? []).flatMap((child) => {
    if (child.state === "FREE" || child.state === "ASSIGNED") return [];
    const url = links.log(build.id, child.id);
    const name = child.method === "buildArch" ? archOf(child) : (child.label ?? child.method);
    return html`<details id="log-${child.id}" data-keep data-log="${url}"><summary>${name}</summary><p class="small"><a href="${url}">End of the log as a page of its own</a></p><pre tabindex="0" aria-label="End of the log of ${name}">loading…</pre></details>`;
  });
  const none = html`<p id="no-log" class="quiet">Nothing has been written yet.</p>`;
  return section("logs", "Logs", html`<div id="logs-live" data-live>${rows.length > 0 ? rows : none}</div>`);
}

function reported(words: readonly Word[], now: number): Html {
  if (words.length === 0) return html`<p class="quiet">Nobody is told of this build.</p>`;
  const rows = words.map((word) => {
    const what =
      word.kind === "status" ? html`status <b>${word.context}</b>` : html`comment on merge request !${word.mr}`;
    const fork = word.place?.fork ?? null;
    const where = word.kind === "status" ? html`${word.repo}${fork !== null && html`, fork ${fork}`}` : word.repo;
    return html`<li>${what} <span class="quiet">${where}</span><div>${verdict(word)} ${word.saidAt !== null && html`<span class="quiet small">${age(word.saidAt, now)}</span>`}</div>${word.said && html`<div class="quiet small">${word.said.state}: ${word.said.description}</div>`}</li>`;
  });
  return html`<ul class="plain-list">${rows}</ul>`;
}

function verdict({ outcome, owed }: Word): Html {
  if (outcome === "set" || outcome === "unchanged")
    return owed ? quietPill("changed since") : verdictPill(true, "told");
  if (outcome === "forbidden") return verdictPill(false, "not permitted");
  return outcome === null
    ? quietPill("owed")
    : html`${verdictPill(false, owed ? "will try again" : "refused")} <span class="small">${outcome}</span>`;
}

function why(build: Build, delivery: Delivery | null, links: Links): Html {
  const note = delivery?.trace.find(({ rule }) => rule === build.request.rule)?.note;
  return html`${facts([
    ["Rule", html`<b>${build.request.rule}</b>`],
    ["Note", note],
    ["Delivery", html`<a href="${links.delivery(build.delivery)}">${delivery?.event ?? "delivery"}</a>`],
    ["Source", html`<code>${build.request.source}</code>`],
    ["Build id", html`<code>${build.id}</code>`],
  ])}`;
}
