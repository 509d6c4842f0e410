import { KojibridgeError } from "../domain/errors.ts";
import { type ForgeEvent, type Ignored, isIgnored, type Repo } from "../domain/event.ts";
import { type Env, numberOf, type Pipeline, textOf } from "./pipeline.ts";

/** Reads a webhook payload of GitHub: what the runner leaves at GITHUB_EVENT_PATH is one. */
export type ParsePayload = (event: string, payload: unknown) => ForgeEvent | Ignored;

/**
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 * @throws KojibridgeError `invalid` when a variable every runner sets is missing
 */
export function readGitHub(env: Env, payload: unknown, parse: ParsePayload): Pipeline {
  const name = textOf(env, "GITHUB_EVENT_NAME") ?? "";
  const attempt = textOf(env, "GITHUB_RUN_ATTEMPT") ?? "1";
  return {
    kind: "github",
    event: toEvent(name, env, payload, parse),
    run: { pipeline: textOf(env, "GITHUB_RUN_ID") ?? "", job: `${attempt}/${textOf(env, "GITHUB_JOB") ?? ""}` },
    byHand: name === "workflow_dispatch",
    withoutSecrets: isForeign(name, env, payload),
    refProtected: textOf(env, "GITHUB_REF_PROTECTED") === "true",
    outputFile: textOf(env, "GITHUB_OUTPUT"),
    summaryFile: textOf(env, "GITHUB_STEP_SUMMARY"),
    forgeUrl: textOf(env, "GITHUB_API_URL"),
  };
}

/** The workflow says which events it runs on: a label or an edit that started it is a wish to build. */
function toEvent(name: string, env: Env, payload: unknown, parse: ParsePayload): ForgeEvent | Ignored {
  if (name === "push") return parse("push", payload);
  if (name !== "pull_request" && name !== "pull_request_target") return atRef(env);
  const event = parse("pull_request", payload);
  if (!isIgnored(event) || typeof payload !== "object" || payload === null) return event;
  return parse("pull_request", { ...payload, action: "synchronize" });
}

/** Events without commits of their own: the commit is that of the branch or tag the workflow runs on. */
function atRef(env: Env): ForgeEvent {
  const path = needed(env, "GITHUB_REPOSITORY");
  const webUrl = `${needed(env, "GITHUB_SERVER_URL")}/${path}`;
  const repo: Repo = { path, webUrl, cloneUrl: `${webUrl}.git`, id: numberOf(env, "GITHUB_REPOSITORY_ID") };
  const base = {
    forge: "github",
    repo,
    author: textOf(env, "GITHUB_ACTOR") ?? "",
    text: "",
    sha: needed(env, "GITHUB_SHA"),
  };
  const ref = needed(env, "GITHUB_REF_NAME");
  if (env.GITHUB_REF_TYPE === "tag") return { kind: "tag", ...base, tag: ref };
  return { kind: "push", ...base, branch: ref, before: null, changed: null };
}

function isForeign(name: string, env: Env, payload: unknown): boolean {
  if (textOf(env, "GITHUB_ACTOR") === "dependabot[bot]") return true;
  const { pull_request: pull, repository } = looseOf(payload);
  if (looseOf(repository).fork === true) return true;
  const head = looseOf(looseOf(looseOf(pull).head).repo);
  return name === "pull_request" && head.id !== looseOf(repository).id;
}

function looseOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function needed(env: Env, name: string): string {
  const value = textOf(env, name);
  if (value !== null) return value;
  throw new KojibridgeError("invalid", `${name} is not set, although GITHUB_ACTIONS is`, { code: "ci.env" });
}
