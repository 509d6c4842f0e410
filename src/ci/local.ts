import type { ForgeEvent } from "../domain/event.ts";
import type { Pipeline } from "./pipeline.ts";

/** A commit of a working copy, as far as git says. */
export interface WorkingCopy {
  readonly sha: string;
  readonly branch: string;
  /** Of `origin`, without credentials; null if there is none. */
  readonly cloneUrl: string | null;
}

/** Outside of any pipeline: a person at a terminal, or a system we do not know. */
export function readLocal(copy: WorkingCopy, author: string): Pipeline {
  return {
    kind: "local",
    event: toEvent(copy, author),
    run: null,
    byHand: true,
    withoutSecrets: false,
    refProtected: null,
    outputFile: null,
    summaryFile: null,
    forgeUrl: null,
  };
}

function toEvent({ sha, branch, cloneUrl }: WorkingCopy, author: string): ForgeEvent {
  const webUrl = (cloneUrl ?? "local:").replace(/\.git$/, "");
  const path = webUrl.replace(/^[a-z+]+:(?:\/\/[^/]*\/)?/, "") || "local";
  const repo = { path, cloneUrl: cloneUrl ?? "local:", webUrl, id: 0 };
  return { kind: "push", forge: "local", repo, author, text: "", branch, sha, before: null, changed: null };
}
