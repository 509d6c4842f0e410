/**
 * Text from commits, branches and logs is data. Inside a table cell it must start no Markdown, no HTML, no mention and
 * no reference: `@team` and `#12` get a zero-width space (U+200B), which is how GitHub and GitLab users write them inert.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_[\]<>#!|~$^]/g, "\\$&")
    .replaceAll(/&/g, "&amp;")
    .replaceAll(/@(?=\w)/g, "@\u200b")
    .trim();
}

/** A word of somebody's as code: one line of bearable length that cannot end the code it stands in. */
export function inlineCode(text: string): string {
  const line = text
    .slice(0, 200)
    .replaceAll(/[\p{C}`]/gu, "\ufffd")
    .trim();
  return `\`${(line.length > 80 ? `${line.slice(0, 79)}…` : line) || " "}\``;
}

/** A link whose URL we made ourselves. */
export function link(text: string, url: string | null): string {
  return url === null
    ? text
    : `[${text}](${url.replaceAll(/[()\s<>]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`)})`;
}
