import { type Buffer, isUtf8 } from "node:buffer";

/**
 * Where a document has what XML cannot carry: a control character, or bytes that are no UTF-8. In expat's words, which the hub
 * answers with HTTP 400 (transcripts `control-char-in-string`, `invalid-utf8`, `malformed-not-xml`).
 */
export function findForbidden(body: Buffer): string | undefined {
  if (body[0] !== LESS_THAN && !startsLikeXml(body)) return "line 1, column 0";
  const control = body.findIndex((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13);
  if (control >= 0) return locate(body, control);
  if (declaresOtherEncoding(body) || isUtf8(body)) return undefined;
  return locate(body, findBrokenUtf8(body));
}

const LESS_THAN = 60;

function startsLikeXml(body: Buffer): boolean {
  return /^(\ufeff|\s)*</.test(body.subarray(0, 200).toString());
}

function declaresOtherEncoding(body: Buffer): boolean {
  return /^<\?xml[^>]*encoding=['"](?!utf-8)/i.test(body.subarray(0, 100).toString("latin1"));
}

function findBrokenUtf8(body: Buffer): number {
  let end = 0;
  while (end < body.length && isUtf8(body.subarray(0, end + 1))) end++;
  return end;
}

/** Lines from 1, columns in bytes from 0. */
function locate(body: Buffer, at: number): string {
  const before = body.subarray(0, at).toString("latin1").split("\n");
  return `line ${before.length}, column ${before.at(-1)?.length ?? 0}`;
}
