import { Buffer } from "node:buffer";
import { type Cursor, isPlain } from "./scanner.ts";
import type { XmlRpcValue } from "./xmlrpc-value.ts";

/** What an element says, or undefined when it says nothing of its type. */
type Scalar = (raw: string) => XmlRpcValue | undefined;

/** Every type but struct and array, by its element's name. */
export const SCALARS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["string", (raw) => raw],
  ["int", toInteger],
  ["i4", toInteger],
  ["i8", toInteger],
  ["ex:i8", toInteger],
  ["nil", (raw) => (raw.trim() === "" ? null : undefined)],
  ["ex:nil", (raw) => (raw.trim() === "" ? null : undefined)],
  ["boolean", (raw) => (raw === "1" ? true : raw === "0" ? false : undefined)],
  ["double", toDouble],
  ["base64", toBytes],
  ["dateTime.iso8601", (raw) => (/^[\dTZ:.+-]{1,40}$/.test(raw) ? { dateTime: raw } : undefined)],
]);

function toDouble(raw: string): number | undefined {
  const value = DOUBLE.test(raw) ? Number(raw) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** 40 digits are more than any database has, and few enough that BigInt stays cheap. */
function toInteger(raw: string): number | bigint | undefined {
  if (!/^[+-]?\d{1,40}$/.test(raw)) return undefined;
  const value = Number(raw);
  return Number.isSafeInteger(value) ? value + 0 : BigInt(raw);
}

function toBytes(raw: string): Uint8Array | undefined {
  const packed = raw.replace(/[ \t\r\n]+/g, "");
  return packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed) ? Buffer.from(packed, "base64") : undefined;
}

const DOUBLE = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?$/;

// The same for the layout Python writes, `</value>` included, at speed: undefined means that the slow way has to look. The cursor moves
// only when there is a value.

export function fastString(c: Cursor, start: number): string | undefined {
  const end = c.text.indexOf("<", start);
  if (!c.text.startsWith("</string></value>", end) || !isPlain(c, start, end)) return undefined;
  c.pos = end + 17;
  return c.text.slice(start, end);
}

export function fastInt(c: Cursor, start: number): number | undefined {
  const { text } = c;
  let pos = start;
  let code = text.charCodeAt(pos);
  const negative = code === 45;
  if (negative) code = text.charCodeAt(++pos);
  const digits = pos;
  let value = 0;
  for (; code >= 48 && code <= 57; code = text.charCodeAt(++pos)) value = value * 10 + (code - 48);
  if (pos === digits || pos - digits > 15 || !text.startsWith("</int></value>", pos)) return undefined;
  c.pos = pos + 14;
  return negative ? 0 - value : value;
}

export function fastDouble(c: Cursor, start: number): number | undefined {
  const end = c.text.indexOf("<", start);
  if (!c.text.startsWith("</double></value>", end)) return undefined;
  const raw = c.text.slice(start, end);
  const value = toDouble(raw);
  if (value !== undefined) c.pos = end + 17;
  return value;
}

export function fastBoolean(c: Cursor, start: number): boolean | undefined {
  const one = c.text.charCodeAt(start + 9) === 49;
  if (!c.text.startsWith(one ? "<boolean>1</boolean></value>" : "<boolean>0</boolean></value>", start))
    return undefined;
  c.pos = start + 28;
  return one;
}
