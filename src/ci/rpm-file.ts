import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";

/** RPMSIGTAG_MD5, of header and payload (rpm, docs/manual/signatures_digests.md). */
const SIGMD5 = 1004;
const LEAD = 96;

/**
 * Whether a package's header and payload are what its signature says, and what the hub says where it does. `unknown`: not
 * a package with an MD5, as rpm 6 makes them.
 */
export async function checkRpm(path: string, known: string | null): Promise<"good" | "broken" | "unknown"> {
  const signature = await readSignature(path);
  if (signature === null) return "unknown";
  const hash = createHash("md5");
  for await (const part of createReadStream(path, { start: signature.end })) hash.update(part);
  const found = hash.digest("hex");
  return found === signature.md5 && (known === null || known === found) ? "good" : "broken";
}

async function readSignature(path: string): Promise<{ md5: string; end: number } | null> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(LEAD + 16);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const intro = head.subarray(LEAD);
    if (bytesRead < head.length || head.readUInt32BE(0) !== 0xedabeedb || intro.readUInt32BE(0) !== 0x8eade801)
      return null;
    const [entries, bytes] = [intro.readUInt32BE(8), intro.readUInt32BE(12)];
    if (entries > 1000 || bytes > 2 ** 20) return null;
    const rest = Buffer.alloc(entries * 16 + bytes);
    await file.read(rest, 0, rest.length, head.length);
    const md5 = md5Of(rest, entries);
    // The header that follows is aligned to eight bytes.
    return md5 === null ? null : { md5, end: head.length + rest.length + ((8 - (bytes % 8)) % 8) };
  } finally {
    await file.close();
  }
}

function md5Of(store: Buffer, entries: number): string | null {
  for (let at = 0; at < entries * 16; at += 16) {
    const from = entries * 16 + store.readUInt32BE(at + 8);
    if (store.readUInt32BE(at) === SIGMD5) return store.subarray(from, from + 16).toString("hex");
  }
  return null;
}
