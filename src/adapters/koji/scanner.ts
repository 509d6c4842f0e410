import { Buffer, isUtf8 } from "node:buffer";
import { KojibridgeError } from "../../domain/errors.ts";

/** A member name met before, and how Python writes the beginning of its member. */
export interface MemberName {
  readonly name: string;
  readonly opening: string;
}

/** A place in one XML text. `amp` and `cr` remember where the next `&` and CR are, so that plain text needs no second look. */
export interface Cursor {
  readonly text: string;
  readonly maxDepth: number;
  pos: number;
  amp: number;
  cr: number;
  readonly names: Map<string, MemberName>;
  /** The names of the last struct read at each depth, in order. */
  readonly shapes: MemberName[][];
}

export function createCursor(xml: string | Buffer, maxDepth: number): Cursor {
  const decoded = typeof xml === "string" ? xml : decode(xml);
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  return { text, maxDepth, pos: 0, amp: -1, cr: -1, names: new Map(), shapes: [] };
}

const DECLARED = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/;

/** The hub answers in UTF-8 without saying so; a request may declare Latin-1 (transcript `xml-latin1-declared`). */
function decode(bytes: Buffer): string {
  const declared = DECLARED.exec(bytes.subarray(0, 200).toString("latin1"))?.[1]?.toLowerCase() ?? "utf-8";
  if (declared === "iso-8859-1" || declared === "latin1") return bytes.toString("latin1");
  if (declared !== "utf-8" && declared !== "utf8" && declared !== "us-ascii") {
    throw refusal("encoding", `declares the encoding ${declared}, which is not read here`, 0);
  }
  if (!isUtf8(bytes)) throw refusal("utf8", "is not valid UTF-8", 0);
  return bytes.toString("utf8");
}

function refusal(code: string, what: string, offset: number): KojibridgeError {
  return new KojibridgeError("invalid", `XML-RPC message ${what} (byte ${offset})`, {
    code: `xmlrpc.${code}`,
    context: { offset },
  });
}

export function fail(c: Cursor, code: string, what: string, pos = c.pos): never {
  throw refusal(code, what, Buffer.byteLength(c.text.slice(0, pos)));
}

const MARKUP = new Map([
  ["<!--", "-->"],
  ["<?", "?>"],
]);

/** Steps over a comment or processing instruction; false when there is none here. Declarations (`<!DOCTYPE`) are refused. */
function skipMarkup(c: Cursor): boolean {
  for (const [open, close] of MARKUP) {
    if (!c.text.startsWith(open, c.pos)) continue;
    const end = c.text.indexOf(close, c.pos + open.length);
    if (end < 0) fail(c, "syntax", `ends inside ${open}`);
    c.pos = end + close.length;
    return true;
  }
  if (c.text.startsWith("<!", c.pos) && !c.text.startsWith("<![CDATA[", c.pos)) {
    fail(c, "dtd", "declares a document type, which is not read here");
  }
  return false;
}

/** Steps over white space, comments and processing instructions. */
export function skipMisc(c: Cursor): void {
  for (;;) {
    let code = c.text.charCodeAt(c.pos);
    while (code === 10 || code === 32 || code === 13 || code === 9) code = c.text.charCodeAt(++c.pos);
    if (code !== 60 || !skipMarkup(c)) return;
  }
}

/** Eight attributes are more than XML-RPC has use for; without a limit a million of them end the regular expression's stack. */
const OPEN_TAG = /<([A-Za-z_][\w.:-]*)(?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*')){0,8}\s*(\/?)>/y;

export interface Tag {
  readonly name: string;
  /** `<nil/>` */
  readonly closed: boolean;
}

/** The opening tag at the cursor, or undefined when something else is there. Attributes are well-formed and ignored. */
export function takeTag(c: Cursor): Tag | undefined {
  OPEN_TAG.lastIndex = c.pos;
  const match = OPEN_TAG.exec(c.text);
  if (match === null) return undefined;
  c.pos = OPEN_TAG.lastIndex;
  return { name: match[1] ?? "", closed: match[2] === "/" };
}

export function expectTag(c: Cursor, name: string): Tag {
  skipMisc(c);
  const start = c.pos;
  const tag = takeTag(c);
  if (tag?.name !== name) fail(c, "syntax", `has ${sample(c, start)} where <${name}> belongs`, start);
  return tag;
}

const CLOSE_TAG = /<\/([A-Za-z_][\w.:-]*)\s*>/y;

export function expectClose(c: Cursor, name: string): void {
  CLOSE_TAG.lastIndex = c.pos;
  if (CLOSE_TAG.exec(c.text)?.[1] !== name) fail(c, "syntax", `has ${sample(c, c.pos)} where </${name}> belongs`);
  c.pos = CLOSE_TAG.lastIndex;
}

export function sample(c: Cursor, pos: number): string {
  return pos >= c.text.length ? "its end" : JSON.stringify(c.text.slice(pos, pos + 24));
}

/** Character data up to the next tag: entities resolved, CDATA taken, comments dropped, line ends as XML says. */
export function readText(c: Cursor): string {
  let out = "";
  for (;;) {
    out += readRun(c);
    if (c.text.startsWith("<![CDATA[", c.pos)) out += readCdata(c);
    else if (!skipMarkup(c)) return out;
  }
}

function readRun(c: Cursor): string {
  const start = c.pos;
  const end = c.text.indexOf("<", start);
  if (end < 0) fail(c, "syntax", "ends inside a text", c.text.length);
  c.pos = end;
  return isPlain(c, start, end) ? c.text.slice(start, end) : resolveEntities(c, start, end);
}

/** True when the run holds neither `&` nor CR. Each of them is searched once per message, not once per run. */
export function isPlain(c: Cursor, start: number, end: number): boolean {
  if (c.amp < start) c.amp = indexOrEnd(c.text, "&", start);
  if (c.cr < start) c.cr = indexOrEnd(c.text, "\r", start);
  return c.amp >= end && c.cr >= end;
}

function indexOrEnd(text: string, char: string, from: number): number {
  const at = text.indexOf(char, from);
  return at < 0 ? text.length : at;
}

function readCdata(c: Cursor): string {
  const start = c.pos + "<![CDATA[".length;
  const end = c.text.indexOf("]]>", start);
  if (end < 0) fail(c, "syntax", "ends inside CDATA");
  c.pos = end + 3;
  return c.text.slice(start, end).replace(/\r\n?/g, "\n");
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

function resolveEntities(c: Cursor, start: number, end: number): string {
  const raw = c.text.slice(start, end).replace(/\r\n?/g, "\n");
  let out = "";
  let from = 0;
  for (let amp = raw.indexOf("&"); amp >= 0; amp = raw.indexOf("&", from)) {
    const semicolon = raw.slice(amp + 1, amp + 14).indexOf(";");
    const name = semicolon < 0 ? raw.slice(amp + 1, amp + 14) : raw.slice(amp + 1, amp + 1 + semicolon);
    const char = semicolon < 0 ? undefined : (ENTITIES.get(name) ?? charRef(name));
    if (char === undefined)
      fail(c, "entity", `has the entity ${JSON.stringify(`&${name}`)}, which is not known`, start);
    out += raw.slice(from, amp) + char;
    from = amp + name.length + 2;
  }
  return out + raw.slice(from);
}

function charRef(name: string): string | undefined {
  const match = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(name);
  if (match === null) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  return isXmlChar(code) ? String.fromCodePoint(code) : undefined;
}

/** Production [2] of XML 1.0. */
function isXmlChar(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
