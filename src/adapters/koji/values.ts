import { fastBoolean, fastDouble, fastInt, fastString, SCALARS } from "./scalars.ts";
import {
  type Cursor,
  expectClose,
  expectTag,
  fail,
  type MemberName,
  readText,
  sample,
  skipMisc,
  takeTag,
} from "./scanner.ts";
import type { XmlRpcStruct, XmlRpcValue } from "./xmlrpc-value.ts";

/**
 * Reads a value whose `<value>` was just passed, up to and with its `</value>`. The layout Python's xmlrpclib writes is taken
 * at speed; whatever else XML allows goes through `readAnyValue`.
 */
export function readValue(c: Cursor, depth: number): XmlRpcValue {
  const { text, pos } = c;
  if (text.charCodeAt(pos) !== 60) return readAnyValue(c, depth);
  let value: XmlRpcValue | undefined;
  switch (text.charCodeAt(pos + 1)) {
    case 115: // s
      if (text.startsWith("<string>", pos)) value = fastString(c, pos + 8);
      else if (text.startsWith("<struct>", pos)) value = fastStruct(c, pos + 8, depth);
      break;
    case 105: // i
      if (text.startsWith("<int>", pos)) value = fastInt(c, pos + 5);
      break;
    case 110: // n
      if (text.startsWith("<nil/></value>", pos)) {
        c.pos = pos + 14;
        return null;
      }
      break;
    case 100: // d
      if (text.startsWith("<double>", pos)) value = fastDouble(c, pos + 8);
      break;
    case 98: // b
      value = fastBoolean(c, pos);
      break;
  }
  return value === undefined ? readAnyValue(c, depth) : value;
}

function fastStruct(c: Cursor, start: number, depth: number): XmlRpcStruct {
  c.pos = start;
  const value = readMembers(c, depth + 1);
  if (c.text.startsWith("</value>", c.pos)) {
    c.pos += 8;
  } else {
    skipMisc(c);
    expectClose(c, "value");
  }
  return value;
}

function readAnyValue(c: Cursor, depth: number): XmlRpcValue {
  const start = c.pos;
  skipMisc(c);
  const value = isText(c) ? readBare(c, start) : readTyped(c, depth);
  skipMisc(c);
  expectClose(c, "value");
  return value;
}

function isText(c: Cursor): boolean {
  return c.text.charCodeAt(c.pos) !== 60 || c.text.startsWith("</", c.pos) || c.text.startsWith("<![CDATA[", c.pos);
}

/** `<value>text</value>` is a string; the white space before it belongs to it. */
function readBare(c: Cursor, start: number): string {
  c.pos = start;
  return readText(c);
}

function readTyped(c: Cursor, depth: number): XmlRpcValue {
  const start = c.pos;
  const tag = takeTag(c);
  if (tag === undefined) return fail(c, "syntax", `has ${sample(c, start)} where a value belongs`);
  if (tag.name === "struct") return tag.closed ? {} : readMembers(c, depth + 1);
  if (tag.name === "array")
    return tag.closed ? fail(c, "syntax", "has an array without data") : readArray(c, depth + 1);
  const raw = tag.closed ? "" : readText(c);
  if (!tag.closed) expectClose(c, tag.name);
  const value = SCALARS.get(tag.name)?.(raw);
  if (value !== undefined) return value;
  const what = SCALARS.has(tag.name)
    ? `has no ${tag.name} in ${JSON.stringify(raw.slice(0, 24))}`
    : `has the unknown type <${tag.name}>`;
  return fail(c, "value", what, start);
}

function readArray(c: Cursor, depth: number): XmlRpcValue[] {
  checkDepth(c, depth);
  const items: XmlRpcValue[] = [];
  const data = expectTag(c, "data");
  if (!data.closed) {
    for (skipMisc(c); !c.text.startsWith("</", c.pos); skipMisc(c)) items.push(readNested(c, depth));
    expectClose(c, "data");
  }
  skipMisc(c);
  expectClose(c, "array");
  return items;
}

function readNested(c: Cursor, depth: number): XmlRpcValue {
  if (c.text.startsWith("<value>", c.pos)) {
    c.pos += 7;
    return readValue(c, depth);
  }
  return expectTag(c, "value").closed ? "" : readValue(c, depth);
}

function checkDepth(c: Cursor, depth: number): void {
  if (depth > c.maxDepth) fail(c, "depth", `nests deeper than ${c.maxDepth} levels`);
}

/**
 * The members of one struct. A list of structs repeats the same names in the same order, so at each depth the names of the struct
 * before are tried first: one comparison instead of a search, a copy and a look-up.
 */
function readMembers(c: Cursor, depth: number): XmlRpcStruct {
  checkDepth(c, depth);
  const shape = shapeAt(c, depth);
  const struct: XmlRpcStruct = {};
  if (c.text.charCodeAt(c.pos) === 10) c.pos++;
  for (let i = 0; ; i++) {
    const expected = shape[i];
    if (expected !== undefined && c.text.startsWith(expected.opening, c.pos)) {
      c.pos += expected.opening.length;
      setMember(struct, expected.name, readValue(c, depth));
    } else {
      skipMisc(c);
      if (c.text.startsWith("</", c.pos)) break;
      const name = openMember(c);
      if (i < MAX_SHAPE) shape[i] = nameOf(c, name);
      setMember(struct, name, readNested(c, depth));
    }
    closeMember(c);
  }
  expectClose(c, "struct");
  return struct;
}

/** Structs with more members than this are read all the same, only without prediction. */
const MAX_SHAPE = 64;

function shapeAt(c: Cursor, depth: number): MemberName[] {
  let shape = c.shapes[depth];
  if (shape === undefined) {
    shape = [];
    c.shapes[depth] = shape;
  }
  return shape;
}

function nameOf(c: Cursor, name: string): MemberName {
  let known = c.names.get(name);
  if (known === undefined) {
    known = { name, opening: `<member>\n<name>${name}</name>\n<value>` };
    c.names.set(name, known);
  }
  return known;
}

/** `__proto__` becomes an ordinary member, never the prototype of what we return. */
function setMember(struct: XmlRpcStruct, name: string, value: XmlRpcValue): void {
  if (name === "__proto__") {
    Object.defineProperty(struct, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    struct[name] = value;
  }
}

function openMember(c: Cursor): string {
  expectTag(c, "member");
  const tag = expectTag(c, "name");
  const name = tag.closed ? "" : readText(c);
  if (!tag.closed) expectClose(c, "name");
  skipMisc(c);
  return name;
}

function closeMember(c: Cursor): void {
  if (c.text.startsWith("\n</member>\n", c.pos)) {
    c.pos += 11;
  } else if (c.text.startsWith("</member>\n", c.pos)) {
    c.pos += 10;
  } else {
    skipMisc(c);
    expectClose(c, "member");
  }
}
