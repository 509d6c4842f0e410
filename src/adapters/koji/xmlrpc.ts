import { Buffer } from "node:buffer";
import CustomType from "xmlrpc/lib/customtype.js";
import { serializeMethodCall } from "xmlrpc/lib/serializer.js";
import { KojibridgeError } from "../../domain/errors.ts";

export {
  type ReadLimits,
  readCall,
  readResponse,
  type XmlRpcCall,
  type XmlRpcFault,
  type XmlRpcResponse,
} from "./reader.ts";
export { isStruct, type XmlRpcDate, type XmlRpcStruct, type XmlRpcValue } from "./xmlrpc-value.ts";

const MAX_DEPTH = 100;

/**
 * A `<methodCall>` as the hub takes it. Control characters, which XML cannot carry and the hub answers with HTTP 400 (transcript
 * `control-char-in-string`), are removed from texts; everything else the `xmlrpc` package would write wrongly is refused.
 * @throws KojibridgeError `invalid`, code `xmlrpc.encode`, naming the path inside `params`
 */
export function encodeCall(method: string, params: readonly unknown[]): string {
  if (!/^[\w.]+$/.test(method)) throw refusal("method", `${JSON.stringify(method)} is no method name`);
  return serializeMethodCall(method, toArray(params, "params", 0));
}

/**
 * Koji's named arguments, to be the last of `params`. Members that are undefined are left out.
 * Source: koji-facts section 2, transcript `build-kwargs`.
 */
export function named(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), __starstar: true };
}

/** A copy in which every value is either written right by the package as it is, or wrapped so that it is. */
function toSerializable(value: unknown, path: string, depth: number): unknown {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return toNumber(value, path);
  if (typeof value === "string") return toText(value, path);
  if (typeof value !== "object") throw refusal(path, `${typeof value} cannot be sent`);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (depth > MAX_DEPTH) throw refusal(path, `nests deeper than ${MAX_DEPTH} levels`);
  return Array.isArray(value) ? toArray(value, path, depth) : toStruct(value, path, depth);
}

function toArray(items: readonly unknown[], path: string, depth: number): unknown[] {
  const copy: unknown[] = [];
  for (let i = 0; i < items.length; i++) {
    if (!(i in items)) throw refusal(`${path}[${i}]`, "a hole in an array cannot be sent");
    copy.push(toSerializable(items[i], `${path}[${i}]`, depth + 1));
  }
  return copy;
}

function toStruct(value: object, path: string, depth: number): Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw refusal(path, `a ${prototype.constructor?.name ?? "class instance"} cannot be sent`);
  }
  if (Object.getOwnPropertySymbols(value).length > 0) throw refusal(path, "a symbol cannot name a member");
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const at = `${path}.${name}`;
    if (name === "__proto__" || name.search(UNSENDABLE) >= 0 || !name.isWellFormed())
      throw refusal(at, "cannot name a member");
    copy[name] = toSerializable(member, at, depth + 1);
  }
  return copy;
}

const INT32 = 2 ** 31;

/** The package writes every whole number as `<int>`, 1e21 included; the hub wants `<i8>` beyond 32 bits. */
function toNumber(value: number, path: string): unknown {
  if (!Number.isFinite(value)) throw refusal(path, `${value} cannot be sent`);
  if (!Number.isInteger(value) || (value >= -INT32 && value < INT32)) return value;
  return typed(Number.isSafeInteger(value) ? "i8" : "double", String(value));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 has no way to write
const UNSENDABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** The package puts texts with markup into CDATA, which loses CR and breaks at a second `]]>`: they are wrapped. */
function toText(value: string, path: string): unknown {
  if (!value.isWellFormed()) throw refusal(path, "half a surrogate pair cannot be sent");
  const text = value.replace(UNSENDABLE, "");
  return /[&<>\r]/.test(text) ? typed("string", text) : text;
}

function typed(tagName: string, raw: string): unknown {
  return Object.assign(new CustomType(raw), { tagName });
}

function refusal(path: string, what: string): KojibridgeError {
  return new KojibridgeError("invalid", `XML-RPC call: ${path}: ${what}`, { code: "xmlrpc.encode", context: { path } });
}
