import type { Buffer } from "node:buffer";
import {
  type Cursor,
  createCursor,
  expectClose,
  expectTag,
  fail,
  readText,
  sample,
  skipMisc,
  takeTag,
} from "./scanner.ts";
import { readValue } from "./values.ts";
import { isStruct, type XmlRpcValue } from "./xmlrpc-value.ts";

export interface XmlRpcFault {
  readonly code: number;
  readonly message: string;
}

export type XmlRpcResponse = { readonly value: XmlRpcValue } | { readonly fault: XmlRpcFault };

export interface XmlRpcCall {
  /** null where the call has no `<methodName>` (transcript `malformed-no-method`). */
  readonly method: string | null;
  readonly params: XmlRpcValue[];
}

export interface ReadLimits {
  /** Nested arrays and structs; default 100. */
  readonly maxDepth?: number;
}

const MAX_DEPTH = 100;

/**
 * Reads a `<methodResponse>`. Strict about XML-RPC, lenient about control characters in strings, which the hub lets through.
 * @throws KojibridgeError `invalid`, code `xmlrpc.*`, with the byte offset in its context
 */
export function readResponse(xml: string | Buffer, limits: ReadLimits = {}): XmlRpcResponse {
  const c = openDocument(xml, "methodResponse", limits);
  const start = c.pos;
  const tag = takeTag(c);
  const response =
    tag?.name === "fault" ? { fault: toFault(c, readOnlyValue(c)) } : { value: readSingleParam(c, start) };
  skipMisc(c);
  if (tag?.name === "fault") expectClose(c, "fault");
  closeDocument(c, "methodResponse");
  return response;
}

/**
 * Reads a `<methodCall>`, for a hub.
 * @throws KojibridgeError `invalid`, code `xmlrpc.*`, with the byte offset in its context
 */
export function readCall(xml: string | Buffer, limits: ReadLimits = {}): XmlRpcCall {
  const c = openDocument(xml, "methodCall", limits);
  let method: string | null = null;
  if (c.text.startsWith("<methodName", c.pos)) {
    const tag = expectTag(c, "methodName");
    method = tag.closed ? "" : readText(c);
    if (!tag.closed) expectClose(c, "methodName");
    skipMisc(c);
  }
  const params = c.text.startsWith("</methodCall", c.pos) ? [] : readParams(c);
  closeDocument(c, "methodCall");
  return { method, params };
}

function openDocument(xml: string | Buffer, root: string, limits: ReadLimits): Cursor {
  const c = createCursor(xml, limits.maxDepth ?? MAX_DEPTH);
  skipMisc(c);
  const start = c.pos;
  const tag = takeTag(c);
  if (tag?.name !== root || tag.closed) fail(c, "root", `has ${sample(c, start)} where <${root}> belongs`, start);
  skipMisc(c);
  return c;
}

function closeDocument(c: Cursor, root: string): void {
  skipMisc(c);
  expectClose(c, root);
  skipMisc(c);
  if (c.pos < c.text.length) fail(c, "syntax", `goes on after </${root}>`);
}

function readSingleParam(c: Cursor, start: number): XmlRpcValue {
  c.pos = start;
  const params = readParams(c);
  const [value] = params;
  if (params.length !== 1 || value === undefined) fail(c, "syntax", `has ${params.length} params, not one`, start);
  return value;
}

function readParams(c: Cursor): XmlRpcValue[] {
  const params: XmlRpcValue[] = [];
  if (expectTag(c, "params").closed) return params;
  skipMisc(c);
  while (!c.text.startsWith("</", c.pos)) {
    expectTag(c, "param");
    params.push(readOnlyValue(c));
    skipMisc(c);
    expectClose(c, "param");
    skipMisc(c);
  }
  expectClose(c, "params");
  return params;
}

function readOnlyValue(c: Cursor): XmlRpcValue {
  return expectTag(c, "value").closed ? "" : readValue(c, 0);
}

function toFault(c: Cursor, value: XmlRpcValue): XmlRpcFault {
  if (isStruct(value)) {
    const { faultCode: code, faultString: message } = value;
    if (typeof code === "number" && typeof message === "string") return { code, message };
  }
  return fail(c, "fault", "has a fault without faultCode and faultString");
}
