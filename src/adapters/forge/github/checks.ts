import type { Octokit } from "@octokit/core";
import type { Annotation } from "../../../domain/digest/types.ts";
import type { CommitState, CommitStatus } from "../../../domain/report.ts";
import type { StatusPlace, WriteOutcome } from "../../../ports/forge.ts";
import { type Reader, readObject } from "../reader.ts";
import { cut, cutBytes, sayState } from "../words.ts";
import { PER_PAGE, splitPath } from "./octokit.ts";

// https://docs.github.com/en/rest/checks/runs

/** "The Checks API limits the number of annotations to a maximum of 50 per API request"; more are added by updates. */
const ANNOTATIONS = 50;
/** Of summary and text. */
const BYTES = 65_535;
const MESSAGE_BYTES = 64 * 1024;

type Conclusion = "success" | "failure" | "cancelled" | "neutral";

const CONCLUSIONS: Readonly<Record<CommitState, Conclusion | null>> = {
  pending: null,
  running: null,
  success: "success",
  failure: "failure",
  error: "failure",
  canceled: "cancelled",
  skipped: "neutral",
};

const CANCEL = { label: "Cancel", description: "Cancel the build on the hub", identifier: "cancel" };
const RETRY = { label: "Re-run", description: "Build it again", identifier: "retry" };

/**
 * Makes the App's check run of that name on that commit say this. What is over stays as it was: a new round is a new check run,
 * which GitHub shows in its place. A lost answer is found by reading first, so there are never two of one round.
 */
export async function setCheck(
  octokit: Octokit,
  appId: number,
  { repo, sha }: StatusPlace,
  status: CommitStatus,
): Promise<WriteOutcome> {
  const at = splitPath(repo);
  const wanted = toCheck(status);
  const found = await findCheck(octokit, appId, repo, sha, status.context);
  const current = found?.text("status") === "completed" && wanted.status !== "completed" ? null : found;
  const annotations = toAnnotations(status.page?.annotations ?? []);
  let told = current?.at("output").count("annotations_count") ?? 0;
  if (current && isSame(current, wanted) && told >= annotations.length) return "unchanged";

  let id = current?.id("id") ?? null;
  do {
    const more = annotations.slice(told, told + ANNOTATIONS);
    const check = { ...at, ...wanted, output: { ...wanted.output, ...(more.length > 0 ? { annotations: more } : {}) } };
    if (id === null) {
      const route = "POST /repos/{owner}/{repo}/check-runs";
      const { data } = await octokit.request(route, { ...check, name: status.context, head_sha: sha });
      id = readObject(data).id("id");
    } else
      await octokit.request("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", { ...check, check_run_id: id });
    told += more.length;
  } while (told < annotations.length);
  return "set";
}

/** The newest of ours: people may have asked for the same name several times. */
async function findCheck(octokit: Octokit, appId: number, repo: string, sha: string, name: string) {
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
    ...splitPath(repo),
    ref: sha,
    check_name: name,
    app_id: appId,
    filter: "latest",
    per_page: PER_PAGE,
  });
  const runs = readObject(data).list("check_runs");
  const ours = runs.filter((run) => run.text("name") === name && run.maybe("app")?.id("id") === appId);
  return ours.sort((a, b) => b.id("id") - a.id("id"))[0] ?? null;
}

type Check = ReturnType<typeof toCheck>;

function toCheck({ state, description, targetUrl, build = null, page = null }: CommitStatus) {
  const conclusion = CONCLUSIONS[state];
  const words = sayState(state, description);
  const output = {
    title: cut(page?.title ?? words, 255),
    summary: cutBytes(page?.summary ?? words, BYTES),
    ...(page?.text ? { text: cutBytes(page.text, BYTES) } : {}),
  };
  return {
    ...(state === "running" ? { status: "in_progress" as const } : { status: "queued" as const }),
    ...(conclusion === null ? {} : { status: "completed" as const, conclusion }),
    ...(targetUrl === null ? {} : { details_url: targetUrl }),
    ...(build === null ? {} : { external_id: build, actions: [conclusion === null ? CANCEL : RETRY] }),
    output,
  };
}

/** Buttons are not told; they go with the state. Without a link of ours GitHub puts the App's own. */
function isSame(current: Reader, wanted: Check): boolean {
  const output = current.at("output");
  return (
    current.text("status") === wanted.status &&
    current.textOr("conclusion", "") === (wanted.conclusion ?? "") &&
    current.textOr("external_id", "") === (wanted.external_id ?? "") &&
    (wanted.details_url === undefined || current.textOr("details_url", "") === wanted.details_url) &&
    output.textOr("title", "") === wanted.output.title &&
    output.textOr("summary", "") === wanted.output.summary &&
    output.textOr("text", "") === (wanted.output.text ?? "")
  );
}

function toAnnotations(annotations: readonly Annotation[]) {
  return annotations.map(({ path, line, column, message }) => ({
    ...{ path, start_line: line, end_line: line },
    ...(column === null ? {} : { start_column: column, end_column: column }),
    ...{ annotation_level: "failure" as const, message: cutBytes(message, MESSAGE_BYTES) },
  }));
}
