import { EN, type WordKey } from "../words/words.ts";
import type { FailureClass } from "./types.ts";

/** The word that says what usually helps; null where nothing general can be said. */
export function hintKey(failure: FailureClass): WordKey | null {
  const key = `hint_${failure}`;
  return isWord(key) ? key : null;
}

function isWord(key: string): key is WordKey {
  return Object.hasOwn(EN, key);
}
