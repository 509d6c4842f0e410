import type { Build } from "../../domain/build.ts";
import { html } from "./html.ts";

const COLORS = { good: "#197d39", bad: "#c02231", busy: "#2363b5", none: "#5f6972" } as const;

/** Six pixels and a half for a letter of 11 px Verdana: near enough, and textLength makes it true. */
function widthOf(text: string): number {
  return Math.round(text.length * 6.5) + 12;
}

/** `koji | built`: the newest build that a branch or a tag asked for; null while there is none. */
export function badge(build: Build | null): string {
  const [word, color] = tell(build);
  const [left, right] = [widthOf("koji"), widthOf(word)];
  const width = left + right;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="koji: ${word}"><title>koji: ${word}</title><clipPath id="r"><rect width="${width}" height="20" rx="4"/></clipPath><g clip-path="url(#r)"><rect width="${left}" height="20" fill="#444c56"/><rect x="${left}" width="${right}" height="20" fill="${color}"/></g><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="6" y="14" textLength="${left - 12}">koji</text><text x="${left + 6}" y="14" textLength="${right - 12}">${word}</text></g></svg>`
    .markup;
}

function tell(build: Build | null): readonly [string, string] {
  if (build === null) return ["no build", COLORS.none];
  switch (build.phase) {
    case "succeeded":
      return [build.made?.nvr ?? "built", COLORS.good];
    case "failed":
      return ["failed", COLORS.bad];
    case "running":
      return ["building", COLORS.busy];
    default:
      return [build.phase, COLORS.none];
  }
}
