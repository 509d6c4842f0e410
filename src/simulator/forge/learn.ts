import type { Repo as EventRepo, ForgeEvent, MergeRequestEvent } from "../../domain/event.ts";
import { addCommit, newPull, newRepo, point } from "./making.ts";
import { type Dialect, keyOf, type Pull, type Repo, type State } from "./state.ts";

/** Everything an event speaks of that is not there yet. */
export function learn(state: State, dialect: Dialect, event: ForgeEvent): void {
  const known = ({ path, id, webUrl }: EventRepo): Repo => {
    const key = keyOf(dialect, path);
    const repo = state.repos.get(key) ?? newRepo(dialect, path, id, { webUrl });
    state.repos.set(key, repo);
    return repo;
  };
  const repo = known(event.repo);
  learnCommit(repo, event);
  if (event.kind === "push") point(repo, { kind: "branch", name: event.branch, sha: event.sha, object: null });
  if (event.kind === "tag") point(repo, { kind: "tag", name: event.tag, sha: event.sha, object: null });
  if (event.kind !== "merge_request") return;
  // A fork's commit can be found in the target too: refs/pull/N/head, refs/merge-requests/N/head.
  learnCommit(known(event.source), event);
  if (!repo.mergeRequests.has(event.mr)) repo.mergeRequests.set(event.mr, []);
  repo.pulls.set(event.mr, learnPull(state, repo, event));
}

function learnCommit(repo: Repo, event: ForgeEvent): void {
  repo.commits.set(
    event.sha,
    event.kind === "tag" ? event.tag : event.kind === "push" ? event.branch : event.sourceBranch,
  );
  if (repo.history.has(event.sha)) return;
  const push = event.kind === "push" ? event : null;
  const files = Object.fromEntries((push?.changed ?? []).map((path) => [path, event.sha]));
  addCommit(repo, { sha: event.sha, parents: push?.before ? [push.before] : [], files });
}

function learnPull(state: State, repo: Repo, event: MergeRequestEvent): Pull {
  const { action, opener, source } = event;
  const ended = action === "closed" || action === "merged" ? action : "open";
  const by = opener?.login ? { id: opener.id, login: opener.login, isBot: false } : null;
  if (by !== null && !state.users.has(by.login)) state.users.set(by.login, by);
  return newPull(repo, event.mr, { ...event, source: source.path, state: ended, text: "" }, by);
}
