/** Cut to so many characters (not UTF-16 units: half an emoji is no text), the last one an ellipsis. */
export function cut(text: string, characters: number): string {
  const all = [...text];
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join("")}…`;
}

/** Cut to so many bytes of UTF-8, the last three an ellipsis. */
export function cutBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const kept = Buffer.from(text).subarray(0, bytes - 3);
  // What is left of a character that was cut in two is not decoded.
  return `${new TextDecoder("utf-8", { ignoreBOM: true }).decode(kept, { stream: true })}…`;
}

/** Where a forge has no such state the words have to say it. */
export function sayState(state: string, description: string): string {
  if (state === "canceled" && !/cancel/i.test(description)) return `Canceled: ${description}`;
  return state === "skipped" && !/skip|nothing/i.test(description) ? `Skipped: ${description}` : description;
}
