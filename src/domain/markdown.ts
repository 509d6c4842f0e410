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

/** A link whose URL we made ourselves. */
export function link(text: string, url: string | null): string {
  return url === null
    ? text
    : `[${text}](${url.replaceAll(/[()\s<>]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`)})`;
}
