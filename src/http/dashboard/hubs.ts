import type { Build } from "../../domain/build.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Task } from "../../domain/koji.ts";
import { archOf, archTasks } from "../../domain/report.ts";
import type { HubPlace } from "../hubs.ts";
import type { Visitor } from "../visitor/visitor.ts";
import { dayChart, median, type Sample } from "./chart.ts";
import type { DashboardDeps, ForgePlace } from "./deps.ts";
import { type Html, html, webLink } from "./html.ts";
import { facts, page, section } from "./layout.ts";
import type { Links } from "./links.ts";
import { age, quietPill, verdictPill } from "./words.ts";

const AGAIN_S = 5;
const SAMPLES = 500;
const DAYS = 14;

export type HubsPage = (visitor: Visitor) => Promise<string>;

/** Whether the others are there, and how long people wait for them. */
export function createHubsPage(deps: DashboardDeps, links: Links): HubsPage {
  return async (visitor) => {
    const hubs = await Promise.all([...deps.hubs.values()].map((hub) => hubSection(hub, deps, links)));
    const forges = [...deps.forges.values()].map((forge) => forgeCard(forge, deps.now()));
    const body = html`<h1>Hubs and forges</h1>
<div id="hubs" data-live>${hubs}</div>
<h2>Forges</h2><div id="forges" class="tiles" data-live>${forges}</div>`;
    return page({ title: "Hubs and forges", here: "hubs", links, visitor, live: null, again: AGAIN_S }, body);
  };
}

async function hubSection(hub: HubPlace, deps: DashboardDeps, links: Links): Promise<Html> {
  const now = deps.now();
  const since = now - DAYS * 24 * 60 * 60_000;
  const [seen, active, ended] = await Promise.all([
    deps.hubLook(hub),
    deps.gallery.buildPage({ hub: hub.name, phases: ["running"] }, SAMPLES, null),
    deps.gallery.buildPage({ hub: hub.name, phases: ["succeeded", "failed"], since }, SAMPLES, null),
  ]);
  const samples = ended.items.flatMap(({ build }) => toSample(build) ?? []);
  const down = hub.insight.downUntil();
  const state =
    "value" in seen
      ? verdictPill(true, "up")
      : down === null
        ? quietPill(seen.problem === "no answer yet" ? "asking" : "unknown")
        : verdictPill(false, "down");
  const user = "value" in seen ? (seen.value.user ?? "nobody: it is only read") : null;
  return html`<section id="hub-${hub.name}" aria-labelledby="hub-${hub.name}-title"><div class="head"><h2 id="hub-${hub.name}-title">${webLink(hub.webUrl, hub.name)}</h2>${state}</div>
${facts([
  ["We are", user],
  ["Breaker", down === null ? "closed: calls go through" : `open: asked again in ${formatDuration(down - now)}`],
  ["Trouble", "problem" in seen && seen.problem !== "no answer yet" && seen.problem],
  [
    "Running",
    html`<a href="${links.builds({ hub: hub.name, state: "running" })}">${active.items.length}${active.next && "+"} of our builds</a>`,
  ],
])}
${
  "value" in seen &&
  queue(
    seen.value.waiting,
    active.items.map(({ build }) => build),
  )
}
${times(samples, now)}</section>`;
}

/** Who waits on each arch, and how many of them come before ours. */
function queue(waiting: readonly Task[], ours: readonly Build[]): Html {
  const own = new Set(ours.flatMap((build) => archTasks(build).map(({ id }) => id)));
  const byArch = [...Map.groupBy(waiting, archOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  if (byArch.length === 0) return html`<p class="quiet">No task waits for a builder.</p>`;
  const rows = byArch.map(([arch, tasks]) => {
    const first = tasks.findIndex(({ id }) => own.has(id));
    const mine = tasks.filter(({ id }) => own.has(id)).length;
    const ahead = first < 0 ? "none of ours waits" : `${first} ahead of our first`;
    return html`<tr><th scope="row">${arch}</th><td>${tasks.length}</td><td>${mine}</td><td>${ahead}</td></tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Queue"><table><thead><tr><th scope="col">Arch</th><th scope="col">Waiting</th><th scope="col">Ours</th><th scope="col">Queue</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Null while the hub's task says too little. The wait is for a builder, the first one. */
function toSample({ createdAt, task }: Build): Sample | null {
  if (task === null || task.startedAt === null || task.finishedAt === null) return null;
  return { at: createdAt, wait: Math.max(0, task.startedAt - createdAt), build: task.finishedAt - task.startedAt };
}

function times(samples: readonly Sample[], now: number): Html {
  const [wait, build] = [median(samples.map((one) => one.wait)), median(samples.map((one) => one.build))];
  if (wait === null || build === null)
    return html`<p class="quiet">Nothing was built here in the last ${DAYS} days.</p>`;
  return html`<div class="numbers"><div><b>${formatDuration(wait)}</b>median wait</div><div><b>${formatDuration(build)}</b>median build</div><div><b>${samples.length}</b>${samples.length === 1 ? "build" : "builds"} in ${DAYS} days</div></div>${dayChart(samples, now)}`;
}

function forgeCard({ name, type, webUrl, login, budget }: ForgePlace, now: number): Html {
  const left = budget();
  const share = left === null ? null : `${left.remaining} of ${left.limit} requests left`;
  const reset = left?.resetAt ? `, full again in ${formatDuration(left.resetAt - now)}` : "";
  return section(
    `forge-${name}`,
    name,
    facts([
      ["Address", webLink(webUrl, webUrl)],
      ["Kind", type],
      ["We are", login() ?? html`<span class="quiet">unknown as yet</span>`],
      ["Webhooks", html`<code>/webhooks/${name}</code>`],
      [
        "Rate limit",
        left === null
          ? html`<span class="quiet">it has not said</span>`
          : html`${share}${reset} <span class="quiet small">(${age(left.at, now)})</span>`,
      ],
    ]),
  );
}
