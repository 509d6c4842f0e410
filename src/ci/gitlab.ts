import { KojibridgeError } from "../domain/errors.ts";
import type { ForgeEvent, Repo } from "../domain/event.ts";
import { type Env, numberOf, type Pipeline, textOf } from "./pipeline.ts";

/** What people or another system started: it is asked for again, whatever became of it before. */
const BY_HAND: ReadonlySet<string> = new Set(["web", "api", "trigger", "pipeline", "chat", "schedule"]);

/**
 * https://docs.gitlab.com/ci/variables/predefined_variables/
 * @throws KojibridgeError `invalid` when a variable every runner sets is missing
 */
export function readGitLab(env: Env): Pipeline {
  const event = isMergeRequest(env) ? toMergeRequest(env) : atRef(env);
  return {
    kind: "gitlab",
    event,
    run: { pipeline: textOf(env, "CI_PIPELINE_ID") ?? "", job: textOf(env, "CI_JOB_ID") ?? "" },
    byHand: BY_HAND.has(env.CI_PIPELINE_SOURCE ?? ""),
    withoutSecrets: event.kind === "merge_request" && event.fork,
    refProtected: textOf(env, "CI_COMMIT_REF_PROTECTED") === "true",
    outputFile: null,
    summaryFile: null,
    forgeUrl: textOf(env, "CI_SERVER_URL"),
  };
}

function isMergeRequest(env: Env): boolean {
  return textOf(env, "CI_MERGE_REQUEST_IID") !== null;
}

function atRef(env: Env): ForgeEvent {
  const path = needed(env, "CI_PROJECT_PATH");
  const repo = toRepo(path, needed(env, "CI_PROJECT_URL"), numberOf(env, "CI_PROJECT_ID"));
  const base = { ...common(env), repo, text: env.CI_COMMIT_MESSAGE ?? "", sha: needed(env, "CI_COMMIT_SHA") };
  const tag = textOf(env, "CI_COMMIT_TAG");
  if (tag !== null) return { kind: "tag", ...base, tag };
  const before = textOf(env, "CI_COMMIT_BEFORE_SHA");
  const isFirst = before === null || /^0+$/.test(before);
  return {
    kind: "push",
    ...base,
    branch: needed(env, "CI_COMMIT_REF_NAME"),
    before: isFirst ? null : before,
    changed: null,
  };
}

/** Of a merged-result pipeline the commit exists in no branch that Koji could clone: the source branch's head is built. */
function toMergeRequest(env: Env): ForgeEvent {
  const repo = toRepo(
    needed(env, "CI_MERGE_REQUEST_PROJECT_PATH"),
    needed(env, "CI_MERGE_REQUEST_PROJECT_URL"),
    numberOf(env, "CI_MERGE_REQUEST_PROJECT_ID"),
  );
  const source = toRepo(
    textOf(env, "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH") ?? repo.path,
    textOf(env, "CI_MERGE_REQUEST_SOURCE_PROJECT_URL") ?? repo.webUrl,
    numberOf(env, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID") || repo.id,
  );
  const title = env.CI_MERGE_REQUEST_TITLE ?? "";
  const mr = numberOf(env, "CI_MERGE_REQUEST_IID");
  return {
    kind: "merge_request",
    ...common(env),
    repo,
    text: `${title}\n\n${env.CI_MERGE_REQUEST_DESCRIPTION ?? ""}`.trimEnd(),
    mr,
    action: "updated",
    title,
    branch: needed(env, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
    sourceBranch: needed(env, "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
    sha: textOf(env, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") ?? needed(env, "CI_COMMIT_SHA"),
    draft: textOf(env, "CI_MERGE_REQUEST_DRAFT") === "true",
    labels: (textOf(env, "CI_MERGE_REQUEST_LABELS") ?? "").split(",").filter((label) => label !== ""),
    fork: source.path !== repo.path,
    source,
    opener: null,
    webUrl: `${repo.webUrl}/-/merge_requests/${mr}`,
  };
}

function common(env: Env) {
  return { forge: "gitlab", author: textOf(env, "GITLAB_USER_LOGIN") ?? "" };
}

/** Never CI_REPOSITORY_URL: it holds the job's token. */
function toRepo(path: string, webUrl: string, id: number): Repo {
  return { path, webUrl, cloneUrl: `${webUrl}.git`, id };
}

function needed(env: Env, name: string): string {
  const value = textOf(env, name);
  if (value !== null) return value;
  throw new KojibridgeError("invalid", `${name} is not set, although GITLAB_CI is`, { code: "ci.env" });
}
