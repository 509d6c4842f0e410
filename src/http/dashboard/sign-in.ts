import type { Visitor } from "../visitor/visitor.ts";
import type { DashboardDeps } from "./deps.ts";
import { html } from "./html.ts";
import { page } from "./layout.ts";
import type { Links } from "./links.ts";

/** @param formKey of the form that is bound to this browser */
export function signInPage(
  deps: DashboardDeps,
  links: Links,
  visitor: Visitor,
  formKey: string,
  problem: string | null,
): string {
  const ways = [...deps.identities.keys()].map(
    (name) =>
      html`<p><a class="button" href="${links.at(`/sign-in/${encodeURIComponent(name)}`)}">Sign in with ${name}</a></p>`,
  );
  const body = html`<div class="narrow"><h1>Sign in</h1>
${problem !== null && html`<p class="notice bad" role="alert">${problem}</p>`}
<p class="quiet">Signed in, you see headers and payloads, and may build again, cancel and replay.</p>
${ways.length > 0 && html`<div class="card">${ways}<p class="quiet small">For the repositories you may write to there.</p></div>`}
<form class="card" method="post" action="${links.at("/sign-in")}">
<input type="hidden" name="key" value="${formKey}">
<label>API token<input type="password" name="token" required autocomplete="current-password"></label>
<button class="main">Sign in</button>
</form></div>`;
  return page({ title: "Sign in", here: null, links, visitor, live: null }, body);
}
