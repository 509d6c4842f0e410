import { KojibridgeError } from "../../domain/errors.ts";
import { isStruct, type XmlRpcStruct, type XmlRpcValue } from "./xmlrpc.ts";

/** A struct of an answer, and whose answer it is. */
export interface From {
  readonly method: string;
  readonly struct: XmlRpcStruct;
}

function unexpected(method: string, what: string, value: XmlRpcValue | undefined, wanted: string): KojibridgeError {
  const seen = value === undefined ? "missing" : preview(value);
  return new KojibridgeError(
    "invalid",
    `${method}: ${what} is ${seen}, not ${wanted}; does the hub speak a version we do not know?`,
    {
      code: "koji.shape",
      context: { method, member: what },
    },
  );
}

function preview(value: XmlRpcValue): string {
  const text =
    typeof value === "object" && value !== null ? (Array.isArray(value) ? "a list" : "a struct") : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

export function toStruct(value: XmlRpcValue | undefined, method: string): From {
  if (!isStruct(value)) throw unexpected(method, "the answer", value, "a struct");
  return { method, struct: value };
}

export function toList(value: XmlRpcValue | undefined, method: string): XmlRpcValue[] {
  if (!Array.isArray(value)) throw unexpected(method, "the answer", value, "a list");
  return value;
}

/** A list of structs, each made into something. */
export function toListOf<T>(value: XmlRpcValue | undefined, method: string, make: (from: From) => T): T[] {
  return toList(value, method).map((item) => make(toStruct(item, method)));
}

/** null where the hub says nil: nothing has that name. */
export function toNullable<T>(value: XmlRpcValue, method: string, make: (from: From) => T): T | null {
  return value === null ? null : make(toStruct(value, method));
}

type Reader<T> = (from: From, member: string) => T;

function reader<T>(wanted: string, read: (value: XmlRpcValue | undefined) => T | undefined): Reader<T> {
  return (from, member) => {
    const value = read(from.struct[member]);
    if (value === undefined) throw unexpected(from.method, member, from.struct[member], wanted);
    return value;
  };
}

/** Members the hub leaves out on older versions are null like those it sends as nil. */
function optional<T>(read: Reader<T>): Reader<T | null> {
  return (from, member) => ((from.struct[member] ?? null) === null ? null : read(from, member));
}

function asInt(value: XmlRpcValue | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

export const toInt = reader("a whole number", asInt);
export const toText = reader("text", (value) => (typeof value === "string" ? value : undefined));
export const toFlag = reader("a boolean", (value) => (typeof value === "boolean" ? value : undefined));
/** Epoch seconds of the hub as epoch milliseconds. */
const toTime = reader("a time", (value) => (typeof value === "number" ? Math.round(value * 1000) : undefined));
export const toMembers = reader("a struct", (value) => (isStruct(value) ? value : undefined));
export const toItems = reader("a list", (value) => (Array.isArray(value) ? value : undefined));

export const toOptionalInt = optional(toInt);
export const toOptionalText = optional(toText);
export const toOptionalTime = optional(toTime);
export const toOptionalMembers = optional(toMembers);

/** The answer itself as a whole number. */
export function toIntAnswer(value: XmlRpcValue, method: string): number {
  const int = asInt(value);
  if (int === undefined) throw unexpected(method, "the answer", value, "a whole number");
  return int;
}

export function toTextAnswer(value: XmlRpcValue, method: string): string {
  if (typeof value !== "string") throw unexpected(method, "the answer", value, "text");
  return value;
}

export function toTexts(value: XmlRpcValue, method: string): string[] {
  return toList(value, method).map((item) => toTextAnswer(item, method));
}

/** A state number as its name; `names` in the hub's order. */
export function toChoice<T extends string>(from: From, member: string, names: readonly T[]): T {
  const name = names[toInt(from, member)];
  if (name === undefined) throw unexpected(from.method, member, from.struct[member], `one of ${names.join(", ")}`);
  return name;
}
