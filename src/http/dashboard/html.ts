/** A piece of HTML. Only `html` makes one, so whatever is in it was either written by us or escaped. */
export interface Html {
  readonly markup: string;
  readonly [written]: true;
}

declare const written: unique symbol;

/** What may stand in a template: text is escaped, pieces stay as they are, lists are joined, nothing is nothing. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

const pieces = new WeakSet<object>();

/**
 * `<a href="${url}">${title}</a>`: values are escaped, in text and in quoted attributes alike; attributes are always quoted.
 * URLs of strangers go through `webLink` first.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return toHtml(strings.reduce((text, next, i) => text + toMarkup(parts[i - 1]) + next));
}

function toHtml(markup: string): Html {
  const piece = Object.freeze({ markup });
  pieces.add(piece);
  return piece as Html;
}

function toMarkup(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  if (isList(part)) return part.map(toMarkup).join("");
  // An object of this shape that came out of somebody's JSON is no piece of ours.
  return pieces.has(part) ? part.markup : escapeHtml(JSON.stringify(part));
}

function isList(part: Html | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** NUL and its like are no characters of HTML; bidirectional overrides would let a title rewrite its surroundings. */
function escapeHtml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: whatever a build prints ends here
      .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
      .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "")
  );
}

/** `text` as a link if `url` is one that a browser may be sent to, else as text. */
export function webLink(url: string | null, text: Part): Html {
  return url !== null && /^https?:\/\//i.test(url) ? html`<a href="${url}" rel="noopener">${text}</a>` : html`${text}`;
}
