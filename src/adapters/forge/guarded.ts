import { isKind } from "../../domain/errors.ts";
import { compilePattern } from "../../domain/pattern.ts";

/** Whether a forge's pattern is about that name; `unknown` where it says what ours cannot. */
export function isAbout(pattern: string, name: string, unknown: boolean): boolean {
  try {
    return compilePattern(pattern).match(name) !== null;
  } catch (error) {
    if (isKind(error, "invalid")) return unknown;
    throw error;
  }
}
