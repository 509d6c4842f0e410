import type { Build, MacroLayer } from "../../domain/build.ts";
import { html, type Part } from "./html.ts";
import { section } from "./layout.ts";

const LAYERS: Readonly<Record<MacroLayer, string>> = {
  repo: "configuration of the repository",
  rule: "rule",
  repo_file: "file in the repository",
  command: "command",
};

const CARRIERS = { side_tag: "a side tag", tag: "the target's own tag", srpm: "the SRPM itself" } as const;

/** Which macros the build was given, who said each, and how they got in. */
export function macroSection({ request, carrier }: Build): Part {
  if (request.macros.length === 0) return false;
  const rows = request.macros.map(
    ({ name, value, layer }) =>
      html`<tr><th scope="row"><code>%${name}</code></th><td><code>${value}</code></td><td>${LAYERS[layer]}</td></tr>`,
  );
  const how =
    carrier &&
    html`<p class="quiet small">Carried by ${CARRIERS[carrier.strategy]}${carrier.target !== null && html` <code>${carrier.target}</code>`}.</p>`;
  const table = html`<div class="scroll" tabindex="0" role="group" aria-label="Macros"><table><thead><tr><th scope="col">Macro</th><th scope="col">Value</th><th scope="col">Said by</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  return section("macros", "Macros", html`${table}${how}`);
}
