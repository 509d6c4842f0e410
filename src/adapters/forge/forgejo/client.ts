import type { CommitState, CommitStatus } from "../../../domain/report.ts";
import type { Forge, StatusPlace, WriteOutcome } from "../../../ports/forge.ts";
import { writeComment } from "../comment.ts";
import { orForbidden } from "../forbidden.ts";
import { readObject } from "../reader.ts";
import { isSameShown, type Shown, toShown } from "../shown.ts";
import { rememberLogin } from "../whoami.ts";
import { cut, sayState } from "../words.ts";
import { commentsOf } from "./comments.ts";
import { createForgejoConversation } from "./conversation.ts";
import { createForgejoFacts } from "./facts.ts";
import { createRequester, type ForgejoClientOptions, PER_PAGE, type Request, repoSegments } from "./requester.ts";

/** Forgejo takes any length and shows it on one line. */
const DESCRIPTION_CHARACTERS = 255;

/** `warning` is for the forge's own: to branch protection it may be as good as success. */
const STATES: Readonly<Record<CommitState, "pending" | "success" | "failure" | "error">> = {
  pending: "pending",
  running: "pending",
  success: "success",
  failure: "failure",
  error: "error",
  canceled: "error",
  skipped: "success",
};

/** All there is to say to Forgejo and Gitea, and to ask them. */
export function createForgejoClient(options: ForgejoClientOptions): Forge {
  const request = createRequester(options);
  const whoami = rememberLogin(options.token, async () =>
    readObject((await request("GET", ["user"])).data).text("login"),
  );
  return {
    whoami,
    setStatus: (place, status, known = null) => orForbidden(setStatus(request, place, status, known)),
    setComment: async (place, marker, body, known) =>
      orForbidden(writeComment(commentsOf(request, place, whoami), marker, body, known)),
    ...createForgejoFacts(request, options.forge),
    ...createForgejoConversation(request, whoami),
  };
}

/** A fork's commit is there in the repo its pull request goes to, and the pull request shows the statuses kept there. */
async function setStatus(
  request: Request,
  { repo, sha }: StatusPlace,
  status: CommitStatus,
  known: CommitStatus | null,
): Promise<WriteOutcome> {
  const at = repoSegments(repo);
  const wanted = toForgejoStatus(status);
  const shown =
    known === null
      ? await findStatus(request, [...at, "commits", sha, "status"], wanted.context)
      : toForgejoStatus(known);
  if (isSameShown(shown, wanted)) return "unchanged";
  await request("POST", [...at, "statuses", sha], { body: wanted });
  return "set";
}

/**
 * The combined status has the newest of each context, whatever the order of two in one second. How many come on a page is for the
 * instance to say, so the end is where all are counted, or nothing more comes.
 */
async function findStatus(request: Request, path: readonly string[], context: string): Promise<Shown | null> {
  let seen = 0;
  for (let page = 1; ; page++) {
    const { data, headers } = await request("GET", path, { query: { page, limit: PER_PAGE } });
    const statuses = readObject(data).list("statuses");
    const found = statuses.find((status) => status.textOr("context", "") === context);
    seen += statuses.length;
    const total = headers.get("x-total-count");
    const isLast = statuses.length === 0 || (total !== null && seen >= Number(total));
    if (found !== undefined || isLast) return found ? toShown(found, "status") : null;
  }
}

/** Trimmed as `NewCommitStatus` in models/git/commit_status.go trims, or what is read would never be what was written. */
function toForgejoStatus({ context, state, description, targetUrl }: CommitStatus) {
  const words = sayState(state, description);
  return {
    context: context.trim(),
    state: STATES[state],
    description: cut(words.trim(), DESCRIPTION_CHARACTERS).trim(),
    ...(targetUrl === null ? {} : { target_url: targetUrl.trim() }),
  };
}
