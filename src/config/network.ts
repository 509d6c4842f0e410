import { isIP } from "node:net";

/** Addresses that begin alike. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/** `192.0.2.0/24`, `2001:db8::/32`, or a single address; null for anything else. */
export function parseNetwork(text: string): Network | null {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return null;
  const longest = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits);
  return prefix > longest ? null : { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

/** How many in how long. */
export interface Rate {
  readonly count: number;
  /** Milliseconds. */
  readonly per: number;
}

const SPANS: Partial<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `10/s`, `600/m`, `5000/h`; null for anything else, and for none. */
export function parseRate(text: string): Rate | null {
  const [, count, span = ""] = /^(\d{1,6})\/([smh])$/.exec(text) ?? [];
  const per = SPANS[span];
  return per === undefined || Number(count) === 0 ? null : { count: Number(count), per };
}
