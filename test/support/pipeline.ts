import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HubWorld } from "../../src/simulator/hub/index.ts";
import type { PayloadExample } from "../../src/simulator/payloads/examples.ts";
import { tell } from "./payloads.ts";

export type Environment = Record<string, string>;

/** The job's own folder, with the files a runner reads afterwards. */
export interface Workspace {
  readonly path: string;
  file(name: string, text?: string | Buffer): string;
  remove(): void;
}

export function makeWorkspace(): Workspace {
  const path = mkdtempSync(join(tmpdir(), "kojibridge-job-"));
  return {
    path,
    file(name, text = "") {
      const file = join(path, name);
      writeFileSync(file, text);
      return file;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export const CREDENTIALS: Environment = { KOJI_USERNAME: "kojibridge", KOJI_PASSWORD: "kojibridge-test-password" };

export function hubEnvironment({ url, webUrl, topUrl }: HubWorld): Environment {
  return { KOJI_HUB_URL: url, KOJI_WEB_URL: webUrl, KOJI_TOP_URL: topUrl };
}

/** What a runner of GitHub sets, with the payload of GitHub's own example where it keeps it. */
export function gitHubEnvironment(
  workspace: Workspace,
  name: PayloadExample["name"],
  told: { readonly repo?: string; readonly seed?: string } = {},
  more: Environment = {},
): Environment {
  const { event, payload, sha, repo } = tell("github", name, told);
  return {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: workspace.file("event.json", JSON.stringify(payload)),
    GITHUB_REPOSITORY: repo,
    GITHUB_REPOSITORY_ID: "186853002",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_API_URL: "https://api.github.com",
    GITHUB_SHA: sha,
    GITHUB_REF_NAME: name === "tag" ? "simple-tag" : "main",
    GITHUB_REF_TYPE: name === "tag" ? "tag" : "branch",
    GITHUB_REF_PROTECTED: "false",
    GITHUB_ACTOR: "Codertocat",
    GITHUB_RUN_ID: "1000",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_JOB: "koji",
    GITHUB_OUTPUT: workspace.file("output"),
    GITHUB_STEP_SUMMARY: workspace.file("summary.md"),
    ...more,
  };
}

const GITLAB_REPO = { path: "rpms/hello", url: "https://gitlab.example.org/rpms/hello", id: "7" };

/** What a runner of GitLab sets. */
export function gitLabEnvironment(
  kind: "branch" | "tag" | "merge-request" | "fork",
  more: Environment = {},
): Environment {
  const { path, url, id } = GITLAB_REPO;
  const fork = kind === "fork";
  const home = fork ? { path: "someone/hello", url: "https://gitlab.example.org/someone/hello", id: "8" } : GITLAB_REPO;
  const isMr = fork || kind === "merge-request";
  return {
    CI: "true",
    GITLAB_CI: "true",
    CI_SERVER_URL: "https://gitlab.example.org",
    CI_PROJECT_PATH: home.path,
    CI_PROJECT_URL: home.url,
    CI_PROJECT_ID: home.id,
    CI_COMMIT_SHA: "b".repeat(40),
    CI_COMMIT_BEFORE_SHA: "0".repeat(40),
    CI_COMMIT_REF_NAME: kind === "tag" ? "v1.0" : "topic",
    CI_COMMIT_REF_PROTECTED: "false",
    CI_COMMIT_MESSAGE: "A change",
    CI_PIPELINE_ID: "100",
    CI_PIPELINE_SOURCE: isMr ? "merge_request_event" : "push",
    CI_JOB_ID: "1001",
    GITLAB_USER_LOGIN: "packager",
    ...(kind === "tag" && { CI_COMMIT_TAG: "v1.0" }),
    ...(isMr && {
      CI_MERGE_REQUEST_IID: "12",
      CI_MERGE_REQUEST_TITLE: "Draft: a change",
      CI_MERGE_REQUEST_DESCRIPTION: "Because.",
      CI_MERGE_REQUEST_LABELS: "build,ready",
      CI_MERGE_REQUEST_DRAFT: "true",
      CI_MERGE_REQUEST_PROJECT_PATH: path,
      CI_MERGE_REQUEST_PROJECT_URL: url,
      CI_MERGE_REQUEST_PROJECT_ID: id,
      CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: home.path,
      CI_MERGE_REQUEST_SOURCE_PROJECT_URL: home.url,
      CI_MERGE_REQUEST_SOURCE_PROJECT_ID: home.id,
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "topic",
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "",
    }),
    ...more,
  };
}
