import { KojibridgeError } from "../../domain/errors.ts";

/**
 * Reads one JSON object of a payload field by field. Whatever is missing or of another type is an `invalid` error naming the
 * path (`pull_request.head.sha: expected a 40-hex commit id, got number`). Only own members are seen, so that a payload
 * without a field never finds one on a prototype.
 */
export interface Reader {
  readonly path: string;
  keys(): string[];
  /** A member object. */
  at(key: string): Reader;
  /** A member object, or null where the forge sends null or nothing. */
  maybe(key: string): Reader | null;
  /** A list of objects; absent or null reads as empty. */
  list(key: string): Reader[];
  /** A list of strings, or null where the forge sends none. */
  texts(key: string): string[] | null;
  /** A string that is not empty. */
  text(key: string): string;
  /** Any string; absent or null reads as `fallback`. */
  textOr(key: string, fallback: string): string;
  /** A positive integer: ids and MR numbers. */
  id(key: string): number;
  /** The same, or null where the forge sends null or nothing. */
  idOrNull(key: string): number | null;
  /** A whole number, zero or more. */
  count(key: string): number;
  /** Epoch milliseconds of what a forge writes (`2015-05-17T18:08:09Z`, `2015-05-17 18:08:09 UTC`). */
  time(key: string): number;
  /** A boolean; absent or null reads as false. */
  flag(key: string): boolean;
  /** A commit id, SHA-1 or SHA-256; `null` stands for git's all-zero "nothing". */
  sha(key: string): string | null;
  /** A commit id that has to be there. */
  commit(key: string): string;
  /** An http(s) URL without credentials, query or fragment. */
  url(key: string): string;
}

const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const NOTHING = /^0+$/;
const URL_SHAPE = /^https?:\/\/[^\s/@#?]+\/[^\s#?]*$/;

/** @throws KojibridgeError `invalid` when the value is not a JSON object. */
export function readObject(value: unknown, path = ""): Reader {
  if (!isObject(value)) throw wrong(path === "" ? "payload" : path, "an object", value);
  const get = (key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);
  const name = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const take = <T>(key: string, is: (value: unknown) => value is T, expected: string): T => {
    const found = get(key);
    if (!is(found)) throw wrong(name(key), expected, found);
    return found;
  };
  const reader: Reader = {
    path,
    keys: () => Object.keys(value),
    at: (key) => readObject(get(key), name(key)),
    maybe: (key) => (get(key) == null ? null : reader.at(key)),
    list: (key) =>
      get(key) == null
        ? []
        : take(key, Array.isArray, "a list").map((item, i) => readObject(item, `${name(key)}[${i}]`)),
    texts: (key) => (get(key) == null ? null : take(key, isTexts, "a list of strings")),
    text: (key) => take(key, isText, "a string that is not empty"),
    textOr: (key, fallback) => (get(key) == null ? fallback : take(key, isString, "a string")),
    id: (key) => take(key, isId, "a positive integer"),
    idOrNull: (key) => (get(key) == null ? null : reader.id(key)),
    count: (key) => take(key, isCount, "a whole number"),
    time: (key) => Date.parse(take(key, isTime, "a time")),
    flag: (key) => get(key) != null && take(key, isBoolean, "true or false"),
    sha: (key) => {
      const sha = take(key, isSha, "a 40-hex commit id");
      return NOTHING.test(sha) ? null : sha;
    },
    commit: (key) => reader.sha(key) ?? raise(wrong(name(key), "a 40-hex commit id", "zeros")),
    url: (key) => take(key, isUrl, "an http(s) URL without credentials"),
  };
  return reader;
}

/** The same error for a field that is there but does not say what was agreed. */
export function wrong(path: string, expected: string, got: unknown): KojibridgeError {
  return new KojibridgeError("invalid", `${path}: expected ${expected}, got ${describe(got)}`, { context: { path } });
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "string") return typeof value;
  // Payload text ends up in an answer and in a log line: short, on one line, quoted.
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

function raise(error: Error): never {
  throw error;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isText(value: unknown): value is string {
  return isString(value) && value !== "";
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isString);
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function isCount(value: unknown): value is number {
  return value === 0 || isId(value);
}

function isTime(value: unknown): value is string {
  return (
    isString(value) &&
    /^\d{4}-\d\d-\d\d[T ][\d:.]+ ?(?:Z|UTC|[+-]\d\d:?\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isSha(value: unknown): value is string {
  return isString(value) && SHA.test(value);
}

function isUrl(value: unknown): value is string {
  return isString(value) && URL_SHAPE.test(value);
}
