import type { Build, TaskFailure } from "../../domain/build.ts";
import { isFinal } from "../../domain/build.ts";
import { taskUrl } from "../../domain/report.ts";
import { type Html, html, type Part, webLink } from "./html.ts";
import { section } from "./layout.ts";
import type { Links } from "./links.ts";

/** Why it failed: the digest of every failed arch, the one that tells most first. */
export function failureSection(build: Build, links: Links, webUrl: string | null): Part {
  if (!isFinal(build.phase) || build.phase === "succeeded") return false;
  const told = build.failures.map((failure) => one(failure, build, links, webUrl));
  if (told.length === 0)
    return build.reason !== null && section("failure", "Why", html`<p class="cause">${build.reason}</p>`);
  return section("failure", "Why it failed", told);
}

function one({ task, arch, digest }: TaskFailure, build: Build, links: Links, webUrl: string | null): Html {
  const where = [digest.section, digest.log].filter(Boolean).join(" in ");
  return html`<h3>${webLink(taskUrl(task, webUrl), arch)} <span class="chip">${digest.class}</span>${digest.infra && html` <span class="chip waiting">not the package's fault</span>`}</h3>
<p class="cause">${digest.cause}</p>${where !== "" && html`<p class="quiet small">${where}, <a href="${links.log(build.id, task)}">end of the log</a></p>`}
${digest.lines.length > 0 && html`<pre tabindex="0" aria-label="Lines of the log">${digest.lines.join("\n")}</pre>`}
${digest.hint !== null && html`<p>${digest.hint}</p>`}`;
}
