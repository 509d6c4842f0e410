/** Cut to so many characters (not UTF-16 units: half an emoji is no text), the last one an ellipsis. */
export function cut(text: string, characters: number): string {
  const all = [...text];
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join("")}…`;
}
