import { parameterError } from "./fault.ts";
import { type Answer, floatValue, isFloat } from "./values.ts";
import { formatFloat } from "./writer.ts";

/** Python's `repr()`, as it appears inside the hub's fault texts. */
export function repr(value: Answer): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return reprText(value);
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : formatFloat(value);
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return "b'...'";
  if (isFloat(value)) return formatFloat(floatValue(value));
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([name, member]) => `${reprText(name)}: ${repr(member)}`)
    .join(", ")}}`;
}

function reprText(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return escaped.includes("'") && !escaped.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}

/** Python's `str()`: as `repr`, but text as it is. */
export function str(value: Answer): string {
  return typeof value === "string" ? value : repr(value);
}

export function typeName(value: Answer): string {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "str";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (value instanceof Uint8Array) return "Binary";
  if (isFloat(value)) return "float";
  return Array.isArray(value) ? "list" : "dict";
}

/** The hub's `convert_value(value, cast=int)`: ints, and strings of digits (transcript `getTaskInfo-string-id`). */
export function toInt(value: Answer): number {
  if (value === null) throw parameterError("Invalid type, expected type <class 'int'>");
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return Math.trunc(value);
  if (typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value)) return Number(value);
  throw wrongType(value, "int");
}

/** The hub's `convert_value(value, cast=..., check_only=True)`. */
export function checkType(value: Answer, type: "str" | "list" | "dict" | "int", noneAllowed = false): void {
  if (value === null && noneAllowed) return;
  if (value === null) throw parameterError(`Invalid type, expected type <class '${type}'>`);
  if (typeName(value) !== type) throw wrongType(value, type);
}

function wrongType(value: Answer, type: string): Error {
  return parameterError(
    `Invalid type for value '${str(value)}': <class '${typeName(value)}'>, expected type <class '${type}'>`,
  );
}

/** Python's truth: None, False, 0, "", [] and {} are not. */
export function truthy(value: Answer | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return false;
  if (typeof value !== "object") return true;
  if (isFloat(value)) return floatValue(value) !== 0;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0;
  return Object.keys(value).length > 0;
}
