import type { Digest } from "./types.ts";

/** Arches that failed for the same reason, in the order given. */
export interface FoldedDigest {
  readonly arches: readonly string[];
  readonly digest: Digest;
}

export function fold(perArch: readonly { readonly arch: string; readonly digest: Digest }[]): FoldedDigest[] {
  const folded = new Map<string, { arches: string[]; digest: Digest }>();
  for (const { arch, digest } of perArch) {
    const key = JSON.stringify([digest.class, digest.infra, digest.section, toReason(digest.cause)]);
    const known = folded.get(key);
    if (known === undefined) folded.set(key, { arches: [arch], digest });
    else known.arches.push(arch);
  }
  return [...folded.values()];
}

/** What differs between builders without being a difference. */
const ACCIDENTS =
  /\b(?:x86[_-]64|aarch64|arm64|ppc64(?:le)?|s390x|i[3-6]86|armv7hl|riscv64|loongarch64|noarch|0x[0-9a-f]+|rpm-tmp\.\w+|\d+\.\d+ ?s(?:ec)?)(?![a-z0-9])/gi;

function toReason(cause: string): string {
  return cause.replaceAll(ACCIDENTS, "·");
}
