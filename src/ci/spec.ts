import { Buffer } from "node:buffer";
import { definitionsOf, type Macros } from "../domain/macros.ts";

/**
 * The spec with overrides at its top. Bytes, not text: whatever encoding the rest has, it stays. A definition further
 * down the spec still wins, as it does over `rpmbuild --define`.
 */
export function withMacros(spec: Buffer, macros: Macros): Buffer {
  const lines = definitionsOf(macros).map(([name, value]) => `%global ${name} ${value}\n`);
  if (lines.length === 0) return spec;
  const hasMark = spec.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
  const head = Buffer.from(`# Macro overrides of this build, put here by kojibridge\n${lines.join("")}\n`);
  return Buffer.concat([head, hasMark ? spec.subarray(3) : spec]);
}
