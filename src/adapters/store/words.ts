import type { MergeRequestPlace } from "../../ports/forge.ts";

export function commentId(forge: string, { repo, mr }: MergeRequestPlace): string {
  return `${forge} ${repo} ${mr}`;
}

/** Readable on purpose: it is what the log shows. Neither repo paths nor shas contain spaces. */
export function statusId(forge: string, repo: string, sha: string, context: string): string {
  return `${forge} ${repo} ${sha} ${context}`;
}

/** Of a word that nobody tried to say yet. */
export const UNSAID = { said: null, done: 0, tries: 0, outcome: null, said_at: null } as const;
