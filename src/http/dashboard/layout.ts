import type { Visitor } from "../visitor/visitor.ts";
import { type Asset, SCRIPT, STYLE } from "./assets.ts";
import { type Html, html, type Part } from "./html.ts";
import type { Links } from "./links.ts";

export interface PageOptions {
  readonly title: string;
  /** The entry of the navigation that is lit. */
  readonly here: "builds" | "deliveries" | "hubs" | null;
  readonly links: Links;
  readonly visitor: Visitor;
  /** What changes of make the page load itself anew: `*` any build, an id one build, null nothing. */
  readonly live: string | null;
  /** Seconds after which the page is worth another look, for what no event tells. */
  readonly again?: number;
}

/** A whole page. What lies in an element with `data-live` is exchanged when something changed (script.ts). */
export function page({ title, here, links, visitor, live, again }: PageOptions, body: Part): string {
  const nav = [
    ["builds", links.builds(), "Builds"],
    ["deliveries", links.deliveries(), "Deliveries"],
    ["hubs", links.at("/hubs"), "Hubs and forges"],
  ] as const;
  const entries = nav.map(
    ([key, url, text]) => html`<li><a href="${url}"${key === here && html` aria-current="page"`}>${text}</a></li>`,
  );
  const source = (asset: Asset) => links.at(asset.path);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · kojibridge</title>
<link rel="icon" href="${links.at("/assets/icon.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${source(STYLE)}">
<script src="${source(SCRIPT)}" defer></script>
</head>
<body${live !== null && html` data-events="${links.at("/events")}" data-watch="${live}"`}${again !== undefined && html` data-again="${again}"`}>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><div class="wide">
<a class="brand" href="${links.builds()}"><svg viewBox="0 0 32 32" aria-hidden="true"><path d="M4 22c0-7 5-12 12-12s12 5 12 12M4 22h24M10 22v-9M16 22V10M22 22v-9"/></svg>kojibridge</a>
<nav aria-label="Pages"><ul>${entries}</ul></nav>
<div class="who">${who(visitor, links)}</div>
</div></header>
<main id="main" class="wide" tabindex="-1">
${body}
</main>
<footer class="wide"><p><span id="pulse" role="status">${live === null ? "" : "Loaded as it was"}</span></p></footer>
</body>
</html>`.markup;
}

function who({ person, formKey }: Visitor, links: Links): Html {
  if (person === null) return html`<a href="${links.at("/sign-in")}">Sign in</a>`;
  const name = person.kind === "token" ? "API token" : `${person.login} (${person.forge})`;
  return html`<span>${name}</span><form method="post" action="${links.at("/sign-out")}">
<input type="hidden" name="key" value="${formKey}"><button class="plain">Sign out</button></form>`;
}

/** `<dl>` of what is there to say; what is nothing is left out. */
export function facts(rows: readonly (readonly [string, Part])[]): Html {
  const told = rows.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return html`<dl class="facts">${told.map(([key, value]) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`)}</dl>`;
}

export function section(id: string, title: string, body: Part): Html {
  return html`<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}

/** A form that is one button. */
export function button(action: string, formKey: string | null, text: string, kind = ""): Html {
  return html`<form method="post" action="${action}"><input type="hidden" name="key" value="${formKey}"><button class="${kind}">${text}</button></form>`;
}

export function nextPage(url: string | null): Part {
  return url !== null && html`<p class="next"><a class="button" href="${url}" rel="next">Older</a></p>`;
}
