/**
 * Text from commits, branches and logs is data. Inside a table cell it must start no Markdown, no HTML, no mention, no
 * reference and no link. Forges look for `@team`, `#12`, `GH-12`, `!12`, `%"1.0"` and `https://…` in the text as it is
 * shown, whatever was escaped: a zero-width space (U+200B) makes them inert, which is how users of GitHub and GitLab do it.
 * Angle brackets become entities, since a backslash means nothing inside of `<summary>`.
 */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replaceAll(/\s+/g, " ")
    .replaceAll(/&/g, "&amp;")
    .replaceAll(/</g, "&lt;")
    .replaceAll(/>/g, "&gt;")
    .replaceAll(/[\\`*_[\]#!|~$^%]/g, "\\$&")
    .replaceAll(/([@#!%~$^])(?=[\w"])/g, "$1\u200b")
    .replaceAll(/(GH-)(?=\d)/gi, "$1\u200b")
    .replaceAll(/:(?=\/\/)|(?<=\bwww)\./gi, "$&\u200b")
    .trim();
}

/** Without control characters, and without those that turn the direction of what follows (CVE-2021-42574). */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (c) => (/[\s]/.test(c) ? c : ""));
}

/** A marker of ours in somebody's log is none. */
const INERT = "<!\u200b--";

/** A word of somebody's as code: one line of bearable length that cannot end the code it stands in. */
export function inlineCode(text: string): string {
  const line = text
    .slice(0, 200)
    .replaceAll(/[\p{C}`]/gu, "\ufffd")
    .replaceAll("<!--", INERT)
    .trim();
  return `\`${(line.length > 80 ? `${line.slice(0, 79)}…` : line) || " "}\``;
}

/** Lines of somebody's as they are, in a block that none of them can end. */
export function codeBlock(lines: readonly string[]): string {
  const text = lines.map((line) =>
    printable(line)
      .replaceAll(/[\r\n\u2028\u2029]/g, " ")
      .replaceAll("<!--", INERT),
  );
  const longest = Math.max(2, ...text.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return [fence, ...text, fence].join("\n");
}

/** A link whose URL we made ourselves. */
export function link(text: string, url: string | null): string {
  return url === null
    ? text
    : `[${text}](${url.replaceAll(/[()\s<>|\\]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`)})`;
}
