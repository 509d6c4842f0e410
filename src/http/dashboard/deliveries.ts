import type { DeliveryLine } from "../../ports/gallery.ts";
import { defined, formatCursor, parseCursor, type Query, textOf } from "../query.ts";
import type { Refusal } from "../refusals.ts";
import type { Visitor } from "../visitor/visitor.ts";
import type { DashboardDeps } from "./deps.ts";
import { type Html, html, type Part } from "./html.ts";
import { nextPage, page, section } from "./layout.ts";
import type { Links } from "./links.ts";
import { age, outcomePill, verdictPill } from "./words.ts";

const PER_PAGE = 50;
const OUTCOMES = ["built", "ignored"] as const;

/** Every webhook call: where "why did nothing happen?" begins. */
export async function deliveriesPage(
  deps: DashboardDeps,
  links: Links,
  query: Query,
  visitor: Visitor,
): Promise<string> {
  const after = parseCursor(textOf(query, "after"));
  const outcome = OUTCOMES.find((one) => one === textOf(query, "outcome"));
  const chosen = { forge: textOf(query, "forge"), repo: textOf(query, "repo"), outcome };
  const found = await deps.gallery.deliveryPage(defined(chosen), PER_PAGE, after);
  const now = deps.now();
  const rows = found.items.map((line) => row(line, links, now));
  const none = html`<li id="none" class="empty">No delivery is like that.</li>`;
  const body = html`<h1>Deliveries</h1>
<p class="quiet">Every webhook call that forges made, and what became of it.</p>
${filterForm(deps, links, chosen)}
${after === null && refused(deps, links, visitor, now)}
<ol class="rows" id="deliveries" data-live aria-label="Deliveries, newest first">${rows.length > 0 ? rows : none}</ol>
${nextPage(found.next && links.deliveries({ ...chosen, after: formatCursor(found.next) }))}`;
  return page(
    { title: "Deliveries", here: "deliveries", links, visitor, live: null, ...(after === null ? { again: 5 } : {}) },
    body,
  );
}

function row(line: DeliveryLine, links: Links, now: number): Html {
  const { id, forge, repo, author, event, receivedAt, ignored, waiting } = line;
  return html`<li id="d-${forge}-${id}">
<div>${outcomePill(line)}</div>
<div class="what"><a class="title" href="${links.delivery(id)}">${event}</a> <span class="quiet small">from ${forge}</span></div>
<div class="from">${repo !== null && html`<a href="${links.repo(forge, repo)}">${repo}</a>`}
<div class="line">${[author, waiting ?? ignored].filter(Boolean).join(" · ")}</div></div>
<div class="side">${age(receivedAt, now)}</div></li>`;
}

/** Strangers' calls are shown too: a wrong secret is the first thing to look for. */
function refused({ refusals }: DashboardDeps, links: Links, visitor: Visitor, now: number): Part {
  const list = refusals.list();
  const count = list.length === 1 ? "1 call" : `${list.length} calls`;
  if (list.length === 0) return html`<div id="refused" data-live></div>`;
  const told =
    visitor.person?.kind === "token"
      ? html`<details id="refused-list" data-keep><summary>Show them</summary><ul class="plain-list">${list.map((one) => refusal(one, now))}</ul></details>`
      : html`<p class="small"><a href="${links.at("/sign-in")}">Sign in</a> with the API token to see them.</p>`;
  const last = html`<p>${count} refused lately, the last one ${age(list[0]?.at ?? now, now)}: ${list[0]?.reason}</p>`;
  return html`<div id="refused" data-live>${section("refused-section", "Refused", html`${last}${told}`)}</div>`;
}

function refusal({ at, forge, from, headers, bytes, reason, verified, answer }: Refusal, now: number): Html {
  const told = Object.entries(headers).map(([name, value]) => html`<div><code>${name}: ${value}</code></div>`);
  return html`<li>${verdictPill(false, `answered ${answer}`)} ${age(at, now)} <b>${reason}</b>
<div class="quiet small">for ${forge}, from ${from}, ${bytes} bytes, signature ${verified ? "right" : "wrong or missing"}</div>${told}</li>`;
}

function filterForm(deps: DashboardDeps, links: Links, chosen: Readonly<Record<string, string | undefined>>): Html {
  const option = (value: string, now: string | undefined) =>
    html`<option${value === now && html` selected`}>${value}</option>`;
  return html`<form class="filter" action="${links.deliveries()}" role="search" aria-label="Deliveries">
<label>Repository<input name="repo" value="${chosen.repo}" autocomplete="off"></label>
<label>Forge<select name="forge"><option value="">any</option>${[...deps.forges.keys()].map((name) => option(name, chosen.forge))}</select></label>
<label>Outcome<select name="outcome"><option value="">any</option>${OUTCOMES.map((name) => option(name, chosen.outcome))}</select></label>
<button>Filter</button>
</form>`;
}
