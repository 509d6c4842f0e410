import { type Access, type Dialect, keyOfRef, type PointedRef, type Pull, type Repo, type User } from "./state.ts";

export interface NewCommit {
  readonly sha: string;
  readonly parents?: readonly string[];
  /** Moved or made to point here. */
  readonly branch?: string;
  readonly tag?: string;
  /** What is different from the first parent; null removes. */
  readonly files?: Readonly<Record<string, string | Buffer | null>>;
}

export interface NewRepo {
  readonly id?: number;
  readonly isPrivate?: boolean;
  readonly webUrl?: string;
  /** Login → what that account may do; everybody else may read what is not private. */
  readonly access?: Readonly<Record<string, Access>>;
}

export type NewPull = Partial<Omit<Pull, "number" | "by">> & { readonly by?: string };

export function addCommit(repo: Repo, { sha, parents = [], branch, tag, files = {} }: NewCommit): void {
  const tree = new Map(repo.history.get(parents[0] ?? "")?.files);
  for (const [path, content] of Object.entries(files))
    if (content === null) tree.delete(path);
    else tree.set(path, Buffer.from(content));
  repo.history.set(sha, { sha, parents, files: tree });
  repo.commits.set(sha, branch ?? tag ?? repo.commits.get(sha) ?? "");
  if (branch !== undefined) point(repo, { kind: "branch", name: branch, sha, object: null });
  if (tag !== undefined) point(repo, { kind: "tag", name: tag, sha, object: null });
}

export function point(repo: Repo, ref: PointedRef): void {
  repo.refs.set(keyOfRef(ref), ref);
}

export function newPull(repo: Repo, number: number, pull: Omit<NewPull, "by">, by: User | null): Pull {
  return {
    ...{ title: "a change", text: "", sha: "", branch: "main", sourceBranch: "change", source: repo.path },
    ...{ state: "open", draft: false, labels: [] },
    ...pull,
    ...{ number, by },
  };
}

export function newRepo(
  dialect: Dialect,
  path: string,
  id: number,
  { isPrivate = false, access = {}, webUrl }: NewRepo,
): Repo {
  const empty = {
    ...{
      commits: new Map(),
      history: new Map(),
      refs: new Map(),
      protections: [],
      hooks: [],
      statuses: [],
      pipelines: [],
      checks: [],
    },
    ...{ mergeRequests: new Map(), pulls: new Map(), commitComments: new Map() },
  };
  const shown = webUrl ?? `https://${dialect}.example.org/${path}`;
  return { dialect, path, id, isPrivate, webUrl: shown, access: new Map(Object.entries(access)), ...empty };
}

export function missing(what: string): never {
  throw new Error(`the forge world has no ${what}`);
}
