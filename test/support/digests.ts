import type { Digest } from "../../src/domain/digest/types.ts";

/** A digest of a package that does not compile. */
export function aDigest(change: Partial<Digest> = {}): Digest {
  return {
    class: "compiler",
    infra: false,
    cause: "error: it broke",
    section: "%build",
    log: "build.log",
    lines: ["+ make", "error: it broke"],
    annotations: [],
    hint: "The sources do not compile with the compilers and flags of this target.",
    ...change,
  };
}
