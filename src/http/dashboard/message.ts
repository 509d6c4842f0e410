import type { Visitor } from "../visitor/visitor.ts";
import { html } from "./html.ts";
import { page } from "./layout.ts";
import type { Links } from "./links.ts";

/** A page that says one thing: not found, not permitted, not possible. */
export function messagePage(links: Links, visitor: Visitor, title: string, text: string): string {
  const body = html`<div class="narrow"><h1>${title}</h1><p>${text}</p><p><a href="${links.builds()}">Builds</a></p></div>`;
  return page({ title, here: null, links, visitor, live: null }, body);
}
