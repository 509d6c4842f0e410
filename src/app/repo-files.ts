import { isKind } from "../domain/errors.ts";
import type { ForgeEvent } from "../domain/event.ts";
import { REPO_FILE, type RepoFile } from "../domain/repo-file.ts";
import type { ForgeFacts } from "../ports/forge.ts";

/** What a repo's own file says, or what is wrong with it, each as `FILE:LINE:COLUMN: …`. */
export type Parsed =
  | { readonly ok: true; readonly file: RepoFile }
  | { readonly ok: false; readonly problems: readonly string[] };

export interface Found {
  /** Null: there is none. */
  readonly parsed: Parsed | null;
  /** Where it was read: for people. */
  readonly where: string;
}

export type RepoFiles = (event: ForgeEvent, facts: ForgeFacts) => Promise<Found>;

/** Commits never change, so what was read of one holds; this many are remembered. */
const MOST = 500;

/** Reads the file where only people who may push can have changed it. Errors: those of the forge. */
export function createRepoFiles(parse: (text: string) => Parsed): RepoFiles {
  const known = new Map<string, Parsed | null>();

  async function read(repo: string, sha: string, facts: ForgeFacts): Promise<Parsed | null> {
    try {
      const text = await facts.file(repo, sha, REPO_FILE);
      return text === null ? null : parse(text);
    } catch (error) {
      if (!isKind(error, "invalid")) throw error;
      return { ok: false, problems: [`${REPO_FILE}:1:1: no text file of a bearable size`] };
    }
  }

  return async (event, facts) => {
    const { repo, forge } = event;
    const sha = await trustedCommit(event, facts);
    if (sha === null) return { parsed: null, where: "no trusted commit" };
    const key = `${forge} ${repo.path} ${sha}`;
    let parsed = known.get(key);
    if (parsed === undefined) {
      parsed = await read(repo.path, sha, facts);
      known.set(key, parsed);
      const [oldest] = known.keys();
      if (known.size > MOST && oldest !== undefined) known.delete(oldest);
    }
    return { parsed, where: `${REPO_FILE} at ${sha.slice(0, 12)}` };
  };
}

/** A fork's merge request brings its own file: the one of the branch it wants to go to counts. */
async function trustedCommit(event: ForgeEvent, facts: ForgeFacts): Promise<string | null> {
  if (event.kind !== "merge_request" || !event.fork) return event.sha;
  const branch = await facts.ref(event.repo.path, { kind: "branch", name: event.branch });
  return branch?.sha ?? null;
}
