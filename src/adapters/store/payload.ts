import { deflateSync, inflateSync } from "node:zlib";

/** What the column `kept` says of a payload. */
export const KEPT = { whole: 0, packed: 1, gone: 2 } as const;

/** zlib's first byte; a delivery is JSON, which nothing begins with an `x`. */
const ZLIB = 0x78;

/** Packed once nobody waits for it: an acknowledgement must not wait for zlib. */
export function pack(payload: Buffer): Buffer {
  return payload[0] === ZLIB ? payload : deflateSync(payload, { level: 9 });
}

/** The bytes as the forge sent them, however they are kept; empty when they are kept no more. */
export function unpack(payload: Buffer): Buffer {
  return payload[0] === ZLIB ? inflateSync(payload) : payload;
}
