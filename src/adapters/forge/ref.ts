/** What a pushed ref names: `refs/heads/f42` is the branch `f42`. */
export type Ref = { readonly kind: "branch" | "tag"; readonly name: string };

const KINDS: Readonly<Record<string, Ref["kind"]>> = { "refs/heads/": "branch", "refs/tags/": "tag" };

/** Null for everything that is neither a branch nor a tag (`refs/notes/…`, `refs/pull/…`). Names are data: nothing is cut or decoded. */
export function parseRef(ref: string): Ref | null {
  for (const [prefix, kind] of Object.entries(KINDS)) {
    if (ref.length > prefix.length && ref.startsWith(prefix)) return { kind, name: ref.slice(prefix.length) };
  }
  return null;
}
