import { createHmac, timingSafeEqual } from "node:crypto";
import { KojibridgeError } from "../../../domain/errors.ts";
import type { Headers } from "../../../ports/forge.ts";
import { header } from "../headers.ts";

// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
const PREFIX = "whsec_";
const TOLERANCE_SECONDS = 5 * 60;

/** Null when the signature is right, otherwise why not (for the log). */
export type SigningCheck = (headers: Headers, body: Buffer) => string | null;

/**
 * Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, sent as a space separated list of `v1,BASE64` while keys rotate.
 * @throws KojibridgeError `invalid` when a token is not `whsec_` and base64
 */
export function createSigningCheck(tokens: readonly string[], now: () => number): SigningCheck {
  const keys = tokens.map(toKey);
  return (headers, body) => {
    const id = header(headers, "webhook-id");
    const timestamp = header(headers, "webhook-timestamp");
    const signatures = header(headers, "webhook-signature");
    if (id === null || timestamp === null || signatures === null)
      return "webhook-id, -timestamp or -signature is missing";
    if (!/^\d{1,12}$/.test(timestamp)) return "webhook-timestamp is not in epoch seconds";
    if (Math.abs(now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS)
      return "webhook-timestamp is off by over five minutes";
    const expected = keys.map((key) => createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest());
    const given = signatures.split(" ").filter((entry) => entry.startsWith("v1,"));
    const fits = given.flatMap((entry) => expected.map((mac) => isSame(mac, Buffer.from(entry.slice(3), "base64"))));
    return fits.includes(true) ? null : "webhook-signature fits none of the signing tokens";
  };
}

function isSame(expected: Buffer, given: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function toKey(token: string): Buffer {
  const encoded = token.slice(PREFIX.length);
  const key = Buffer.from(encoded, "base64");
  if (!token.startsWith(PREFIX) || key.length === 0 || key.toString("base64") !== encoded) {
    throw new KojibridgeError(
      "invalid",
      `a GitLab signing token is ${PREFIX} followed by base64: copy it from the webhook again`,
    );
  }
  return key;
}
