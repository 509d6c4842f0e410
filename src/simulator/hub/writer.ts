import { Buffer } from "node:buffer";
import type { HubFault } from "./fault.ts";
import { type Answer, floatValue, isFloat } from "./values.ts";

/**
 * Answers in the byte layout of Python's `xmlrpc.client`, which a hub uses: no spaces, a newline between elements, and none
 * after `<nil/>` (transcripts, "Encoding").
 */
export function writeResult(value: Answer): string {
  return `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n${writeValue(value)}</param>\n</params>\n</methodResponse>\n`;
}

export function writeFault(fault: HubFault): string {
  const value = writeValue({ faultCode: fault.code, faultString: fault.text });
  return `<?xml version='1.0'?>\n<methodResponse>\n<fault>\n${value}</fault>\n</methodResponse>\n`;
}

/** A task's request as the hub stores it, and shows it undecoded in `listTasks` (transcript `listTasks-no-decode`). */
export function writeCall(method: string, params: readonly Answer[]): string {
  const list = params.map((param) => `<param>\n${writeValue(param)}</param>\n`).join("");
  return `<?xml version='1.0'?>\n<methodCall>\n<methodName>${method}</methodName>\n<params>\n${list}</params>\n</methodCall>\n`;
}

function writeValue(value: Answer): string {
  if (value === null) return "<value><nil/></value>";
  return `<value>${writeTyped(value)}</value>\n`;
}

function writeTyped(value: Exclude<Answer, null>): string {
  switch (typeof value) {
    case "boolean":
      return `<boolean>${value ? 1 : 0}</boolean>`;
    case "string":
      return `<string>${escapeText(value)}</string>`;
    case "bigint":
      return `<i8>${value}</i8>`;
    case "number":
      return writeNumber(value);
  }
  if (value instanceof Uint8Array) return `<base64>\n${wrapBase64(value)}</base64>`;
  if (isFloat(value)) return `<double>${formatFloat(floatValue(value))}</double>`;
  if (isList(value)) return `<array><data>\n${value.map(writeValue).join("")}</data></array>`;
  if (isDateTime(value)) return `<dateTime.iso8601>${value.dateTime}</dateTime.iso8601>`;
  return `<struct>\n${Object.entries(value).map(writeMember).join("")}</struct>`;
}

function writeMember([name, value]: [string, Answer]): string {
  return `<member>\n<name>${escapeText(name)}</name>\n${writeValue(value)}</member>\n`;
}

function isList(value: object): value is readonly Answer[] {
  return Array.isArray(value);
}

/** Only ever echoed: the hub itself sends times as strings (transcript `encode-datetime`). */
function isDateTime(value: object): value is { readonly dateTime: string } {
  return "dateTime" in value && typeof value.dateTime === "string" && Object.keys(value).length === 1;
}

function writeNumber(value: number): string {
  if (!Number.isSafeInteger(value)) return `<double>${formatFloat(value)}</double>`;
  return value >= -(2 ** 31) && value < 2 ** 31 ? `<int>${value}</int>` : `<i8>${value}</i8>`;
}

/** Python's `repr(float)`: `1.0`, `1e+300`, `1e-05`. */
export function formatFloat(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function wrapBase64(value: Uint8Array): string {
  const text = Buffer.from(value).toString("base64");
  return text.replace(/.{1,76}/g, "$&\n");
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
