import { formatCursor, parseCursor, type Query, textOf } from "../query.ts";
import type { Visitor } from "../visitor/visitor.ts";
import { buildList } from "./builds.ts";
import type { DashboardDeps } from "./deps.ts";
import { html } from "./html.ts";
import { nextPage, page, section } from "./layout.ts";
import type { Links } from "./links.ts";

const PER_PAGE = 50;

/** What was built of one repository, and its badge. */
export async function repoPage(
  deps: DashboardDeps,
  links: Links,
  forge: string,
  path: string,
  query: Query,
  visitor: Visitor,
): Promise<string> {
  const after = parseCursor(textOf(query, "after"));
  const found = await deps.gallery.buildPage({ forge, repo: path }, PER_PAGE, after);
  const next = found.next && links.repo(forge, path, { after: formatCursor(found.next) });
  const badge = links.badge(forge, path);
  const root = deps.publicUrl?.slice(0, deps.publicUrl.length - links.base.length) ?? "https://kojibridge.example.org";
  const markdown = `[![Koji](${root}${badge})](${root}${links.repo(forge, path)})`;
  const body = html`<h1>${path}</h1><p class="quiet">on ${forge} · <a href="${links.deliveries({ forge, repo: path })}">deliveries</a></p>
${buildList(found, links, deps.now())}
${nextPage(next)}
${section("badge", "Badge", html`<p><img src="${badge}" alt="State of the newest build of a branch or tag" height="20"></p><p>For the README:</p><pre tabindex="0" aria-label="Markdown of the badge">${markdown}</pre>`)}`;
  return page({ title: path, here: "builds", links, visitor, live: after === null ? "*" : null }, body);
}
