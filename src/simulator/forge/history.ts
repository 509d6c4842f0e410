/** As much of git as forges show: commits, what is in them, and how they follow each other. */
export interface CommitNode {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly files: ReadonlyMap<string, Buffer>;
}

export type History = Map<string, CommitNode>;

export interface Change {
  readonly path: string;
  readonly previous: string | null;
  readonly status: "added" | "removed" | "modified" | "renamed";
}

/** The commit and everything before it, nearest first. */
export function ancestry(history: History, sha: string): string[] {
  const seen = new Set([sha]);
  for (const each of seen) for (const parent of history.get(each)?.parents ?? []) seen.add(parent);
  return [...seen].filter((each) => history.has(each));
}

/** The newest commit both have, or null. */
export function mergeBase(history: History, a: string, b: string): string | null {
  const ofB = new Set(ancestry(history, b));
  return ancestry(history, a).find((sha) => ofB.has(sha)) ?? null;
}

/** What `to` has and `from` has not. */
export function commitsSince(history: History, from: string, to: string): string[] {
  const known = new Set(ancestry(history, from));
  return ancestry(history, to).filter((sha) => !known.has(sha));
}

/** What is different; a file that went away and came back elsewhere as it was has been renamed. */
export function changes(history: History, from: string | null, to: string): Change[] {
  const [before, after] = [filesOf(history, from), filesOf(history, to)];
  const removed = new Set([...before.keys()].filter((path) => !after.has(path)));
  const changed = [...after].flatMap(([path, content]): Change[] => {
    const old = before.get(path);
    if (old !== undefined) return old.equals(content) ? [] : [{ path, previous: null, status: "modified" }];
    const previous = [...removed].find((each) => before.get(each)?.equals(content)) ?? null;
    if (previous !== null) removed.delete(previous);
    return [{ path, previous, status: previous === null ? "added" : "renamed" }];
  });
  return [...changed, ...[...removed].map((path): Change => ({ path, previous: null, status: "removed" }))];
}

function filesOf(history: History, sha: string | null): ReadonlyMap<string, Buffer> {
  return history.get(sha ?? "")?.files ?? new Map();
}
