import type { Build } from "../../domain/build.ts";
import { archOf, archTasks } from "../../domain/report.ts";
import type { Entry, Page } from "../../ports/gallery.ts";
import { formatCursor, parseCursor, type Query, STATES, textOf, toBuildFilter } from "../query.ts";
import type { Visitor } from "../visitor/visitor.ts";
import type { DashboardDeps } from "./deps.ts";
import { type Html, html, type Part } from "./html.ts";
import { nextPage, page } from "./layout.ts";
import type { Links } from "./links.ts";
import { age, duration, originText, phasePill, shortSha } from "./words.ts";

const PER_PAGE = 50;
const FIELDS = ["q", "repo", "author", "target", "hub", "forge", "state"] as const;

/** The front page: what was built lately. */
export async function buildsPage(deps: DashboardDeps, links: Links, query: Query, visitor: Visitor): Promise<string> {
  const after = parseCursor(textOf(query, "after"));
  const found = await deps.gallery.buildPage(toBuildFilter(query), PER_PAGE, after);
  const chosen = Object.fromEntries(FIELDS.map((field) => [field, textOf(query, field)]));
  const next = found.next && links.builds({ ...chosen, after: formatCursor(found.next) });
  const body = html`<h1>Builds</h1>
${filterForm(deps, links, chosen)}
${buildList(found, links, deps.now())}
${nextPage(next)}`;
  return page({ title: "Builds", here: "builds", links, visitor, live: after === null ? "*" : null }, body);
}

export function buildList({ items }: Page<Entry>, links: Links, now: number): Html {
  const rows = items.map((entry) => row(entry, links, now));
  const none = html`<li id="none" class="empty">No build is like that.</li>`;
  return html`<ol class="rows" id="builds" data-live aria-label="Builds, newest first">${rows.length > 0 ? rows : none}</ol>`;
}

function row({ build, origin }: Entry, links: Links, now: number): Html {
  const { id, repo, forge, sha, request } = build;
  const name = build.made?.nvr ?? request.target;
  const url = links.build(id);
  return html`<li id="b-${id}">
<div>${phasePill(build)}</div>
<div class="what"><a class="title" href="${url}">${name}</a>${request.scratch && html` <span class="quiet small">scratch</span>`}
<div class="chips">${build.made !== null && html`<span class="chip">${request.target}</span>`}${archChips(build)}</div></div>
<div class="from"><a href="${links.repo(forge, repo)}">${repo}</a> <span class="quiet small mono">${shortSha(sha)}</span>
<div class="line">${[originText(origin), origin?.author].filter(Boolean).join(" · ")}</div></div>
<div class="side">${age(build.createdAt, now)}<div>${took(build, now)}</div></div>
</li>`;
}

/** From the first look at it to its end: what people waited. */
function took(build: Build, now: number): string {
  return duration(build.createdAt, build.finishedAt, now);
}

const CHIPS = {
  FREE: "waiting",
  ASSIGNED: "waiting",
  OPEN: "busy",
  CLOSED: "good",
  CANCELED: "over",
  FAILED: "bad",
} as const;

function archChips(build: Build): Part {
  const known = archTasks(build);
  if (known.length === 0) return build.request.arches.map((arch) => html`<span class="chip">${arch}</span>`);
  return known.map(
    (task) =>
      html`<span class="chip ${CHIPS[task.state]}" title="${archOf(task)}: ${task.state.toLowerCase()}">${archOf(task)}</span>`,
  );
}

type Chosen = Readonly<Record<string, string | undefined>>;

function filterForm(deps: DashboardDeps, links: Links, chosen: Chosen): Html {
  const isFiltered = FIELDS.some((field) => chosen[field] !== undefined);
  return html`<form class="filter" action="${links.builds()}" role="search" aria-label="Builds">
<label class="search">NVR, commit or task<input type="search" name="q" value="${chosen.q}" placeholder="nano-8.1, 1f3e5c2, 4711" autocomplete="off"></label>
<label>Repository<input name="repo" value="${chosen.repo}" autocomplete="off"></label>
<label>Target<input name="target" value="${chosen.target}" autocomplete="off"></label>
<label>Author<input name="author" value="${chosen.author}" autocomplete="off"></label>
${choice("hub", "Hub", [...deps.hubs.keys()], chosen.hub)}
${choice("state", "State", Object.keys(STATES), chosen.state)}
<button>Filter</button>${isFiltered && html`<a class="clear" href="${links.builds()}">Show all</a>`}
</form>`;
}

function choice(name: string, label: string, values: readonly string[], chosen: string | undefined): Html {
  const options = values.map((value) => html`<option${value === chosen && html` selected`}>${value}</option>`);
  return html`<label>${label}<select name="${name}"><option value="">any</option>${options}</select></label>`;
}
