const BASE = 65521;
/** The most additions before `b` could leave 32 bits (zlib's NMAX). */
const RUN = 5552;

/** Adler-32, which Koji uploads are verified with and Node's zlib does not offer; `seed` continues an earlier part. */
export function adler32(bytes: Uint8Array, seed = 1): number {
  let a = seed & 0xffff;
  let b = seed >>> 16;
  for (let start = 0; start < bytes.length; start += RUN) {
    const end = Math.min(start + RUN, bytes.length);
    for (let i = start; i < end; i++) {
      a += bytes[i] ?? 0;
      b += a;
    }
    a %= BASE;
    b %= BASE;
  }
  return ((b << 16) | a) >>> 0;
}

/** As the hub writes it: eight hex digits (transcript `rawUpload-empty`). */
export function toHex(sum: number): string {
  return sum.toString(16).padStart(8, "0");
}
