import type { ForgeEvent, PersonEvent } from "../../domain/event.ts";
import type { RuleTrace } from "../../domain/rules.ts";
import type { Delivery } from "../../ports/store.ts";
import type { Visitor } from "../visitor/visitor.ts";
import type { DashboardDeps } from "./deps.ts";
import { type Html, html, type Part } from "./html.ts";
import { button, facts, page, section } from "./layout.ts";
import type { Links } from "./links.ts";
import { age, outcomePill, quietPill, shortSha, verdictPill } from "./words.ts";

/** Payloads may have 25 MB; nobody reads that in a page. */
const SHOWN = 256 * 1024;

/** Null: there is no such delivery. */
export async function deliveryPage(
  deps: DashboardDeps,
  links: Links,
  id: string,
  visitor: Visitor,
): Promise<string | null> {
  const delivery = await deps.gallery.delivery(id);
  if (delivery === null) return null;
  const may = await deps.rights(visitor.person, delivery.forge, delivery.summary?.repo.path ?? null, "write");
  const body = html`<div class="head"><h1>${delivery.event}</h1>${outcomePill(delivery)}</div>
<div class="card">${facts([
    ["From", html`${delivery.forge}`],
    ["Received", html`${age(delivery.receivedAt, deps.now())}`],
    ["Delivery", html`<code>${delivery.id}</code>`],
    ["Signature", "right: whoever sent it has the secret"],
    ...event(delivery, links),
  ])}${may && html`<div class="buttons">${button(`${links.delivery(id)}/replay`, visitor.formKey, "Replay under the rules of today", "main")}</div>`}</div>
<div class="columns"><div>${decision(delivery, links)}${may ? content(delivery) : hidden(links, visitor)}</div>
<div>${section("answer", "Answer", html`<p>HTTP 202</p><pre tabindex="0" aria-label="Body of the answer">${answer(delivery)}</pre>`)}</div></div>`;
  return page({ title: `Delivery ${delivery.event}`, here: "deliveries", links, visitor, live: null }, body);
}

function event({ summary, forge }: Delivery, links: Links): (readonly [string, Part])[] {
  if (summary === null) return [];
  const { sha } = summary;
  return [
    ["Repository", html`<a href="${links.repo(forge, summary.repo.path)}">${summary.repo.path}</a>`],
    ["What", what(summary)],
    ["Commit", sha !== null && html`<a class="mono" href="${links.builds({ sha })}">${shortSha(sha)}</a>`],
    ["Author", summary.author],
  ];
}

function what(summary: ForgeEvent | PersonEvent): string {
  switch (summary.kind) {
    case "push":
      return `push to ${summary.branch}`;
    case "tag":
      return `tag ${summary.tag}`;
    case "merge_request":
      return `merge request !${summary.mr} ${summary.action}, for ${summary.branch}: ${summary.title}`;
    case "comment":
      return `comment on ${summary.mr === null ? "a commit" : `merge request !${summary.mr}`}: ${summary.text.slice(0, 300)}`;
    case "button":
      return `button "${summary.action}"`;
  }
}

/** Which rules matched, and of the others the first condition that did not hold. */
function decision({ trace, ignored, builds, waiting }: Delivery, links: Links): Html {
  const rows = trace.map(
    (entry) =>
      html`<tr><th scope="row">${entry.rule}</th><td>${entry.matched ? verdictPill(true, "matches") : quietPill("no")}</td><td>${because(entry)}</td></tr>`,
  );
  const table = html`<div class="scroll" tabindex="0" role="group" aria-label="Rules"><table><thead><tr><th scope="col">Rule</th><th scope="col">Verdict</th><th scope="col">Because</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const made = html`<p>${builds.length === 1 ? "One build" : `${builds.length} builds`}: ${builds.map((id, i) => html`${i > 0 && ", "}<a href="${links.build(id)}"><code>${id}</code></a>`)}</p>`;
  const why = ignored !== null && html`<p><b>Nothing was built:</b> ${ignored}</p>`;
  const wait = waiting !== null && html`<p><b>Not decided yet:</b> ${waiting}</p>`;
  return section("decision", "Decision", html`${wait}${why}${builds.length > 0 && made}${rows.length > 0 && table}`);
}

function because({ reason, refused, note, matched }: RuleTrace): string {
  return [reason, ...refused, note].filter(Boolean).join("; ") || (matched ? "every condition holds" : "");
}

function content({ headers, payload }: Delivery): Part {
  const rows = Object.entries(headers).map(
    ([name, value]) => html`<tr><th scope="row"><code>${name}</code></th><td><code>${value}</code></td></tr>`,
  );
  const cut = payload.length > SHOWN;
  const text = pretty(payload.subarray(0, SHOWN).toString("utf8"), cut);
  return [
    section(
      "headers",
      "Headers",
      html`<div class="scroll" tabindex="0" role="group" aria-label="Headers"><table><tbody>${rows}</tbody></table></div>`,
    ),
    section(
      "payload",
      "Payload",
      html`<p class="quiet small">${payload.length} bytes${cut && `, the first ${SHOWN} of them`}</p><pre tabindex="0" aria-label="Payload">${text}</pre>`,
    ),
  ];
}

function pretty(text: string, cut: boolean): string {
  try {
    return cut ? text : JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function hidden(links: Links, { person }: Visitor): Html {
  const words = html`<a href="${links.at("/sign-in")}">Sign in</a> to see headers and payload.`;
  const others = "Headers and payload are for those who may write to the repository.";
  return section("payload", "Payload", html`<p class="quiet">${person === null ? words : others}</p>`);
}

function answer({ id, builds, ignored }: Delivery): string {
  return JSON.stringify({ delivery: id, builds, ignored, duplicate: false }, null, 2);
}
