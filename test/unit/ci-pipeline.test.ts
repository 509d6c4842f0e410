import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPipeline } from "../../src/cli/build/surroundings.ts";
import { isIgnored } from "../../src/domain/event.ts";
import { shaOf, tell } from "../support/payloads.ts";
import {
  type Environment,
  gitHubEnvironment,
  gitLabEnvironment,
  makeWorkspace,
  type Workspace,
} from "../support/pipeline.ts";

const COMMIT = { kind: "commit" } as const;
const read = (env: Environment) => readPipeline(env, COMMIT);

let workspace: Workspace;
beforeAll(() => {
  workspace = makeWorkspace();
});
afterAll(() => workspace.remove());

describe("GitHub", () => {
  const at = (name: Parameters<typeof gitHubEnvironment>[1], more: Environment = {}) =>
    read(gitHubEnvironment(workspace, name, {}, more));

  test("a push", () => {
    const { event, run, withoutSecrets, refProtected } = at("push", { GITHUB_REF_PROTECTED: "true" });
    expect(event).toMatchObject({ kind: "push", forge: "github", sha: shaOf("push"), repo: { path: "rpms/hello" } });
    expect({ run, withoutSecrets, refProtected }).toEqual({
      run: { pipeline: "1000", job: "1/koji" },
      withoutSecrets: false,
      refProtected: true,
    });
  });

  test("a tag is the commit it points to", () => {
    expect(at("tag").event).toMatchObject({ kind: "tag", sha: shaOf("tag") });
  });

  test("a pull request is built at its head, not at the merge commit the runner checks out", () => {
    const { event, withoutSecrets } = at("merge-request", { GITHUB_SHA: "c".repeat(40) });
    expect(event).toMatchObject({ kind: "merge_request", sha: shaOf("merge-request"), fork: false });
    expect(withoutSecrets).toBe(false);
  });

  test("a label that starts a workflow is a wish to build; a closed pull request is not", () => {
    for (const action of ["labeled", "edited", "assigned"])
      expect(read(changed("merge-request", { action })).event).toMatchObject({ action: "updated" });
    expect(read(changed("merge-request", { action: "closed" })).event).toMatchObject({ action: "closed" });
  });

  function changed(name: Parameters<typeof gitHubEnvironment>[1], more: object): Environment {
    const env = gitHubEnvironment(workspace, name);
    const payload = tell("github", name).payload as object;
    return { ...env, GITHUB_EVENT_PATH: workspace.file("changed.json", JSON.stringify({ ...payload, ...more })) };
  }

  test("a fork's pull request, and Dependabot's, get no secrets; pull_request_target does", () => {
    expect(at("fork").withoutSecrets).toBe(true);
    expect(at("merge-request", { GITHUB_ACTOR: "dependabot[bot]" }).withoutSecrets).toBe(true);
    expect(at("fork", { GITHUB_EVENT_NAME: "pull_request_target" })).toMatchObject({
      withoutSecrets: false,
      event: { fork: true },
    });
  });

  test.each(["workflow_dispatch", "schedule", "release", "merge_group", "repository_dispatch"])(
    "%s builds the ref's commit",
    (name) => {
      const { event, byHand } = at("push", { GITHUB_EVENT_NAME: name, GITHUB_SHA: "d".repeat(40) });
      expect(event).toMatchObject({
        kind: "push",
        branch: "main",
        sha: "d".repeat(40),
        repo: { cloneUrl: "https://github.com/rpms/hello.git" },
      });
      expect(byHand).toBe(name === "workflow_dispatch");
      expect(at("tag", { GITHUB_EVENT_NAME: name }).event).toMatchObject({ kind: "tag", tag: "simple-tag" });
    },
  );

  test("what is missing is named", () => {
    expect(() => at("push", { GITHUB_EVENT_NAME: "schedule", GITHUB_SHA: "" })).toThrow("GITHUB_SHA is not set");
    expect(() => at("push", { GITHUB_EVENT_PATH: "/nowhere" })).toThrow("cannot be read as JSON");
  });
});

describe("GitLab", () => {
  const at = (kind: Parameters<typeof gitLabEnvironment>[0], more: Environment = {}) =>
    read(gitLabEnvironment(kind, more));

  test("a branch", () => {
    expect(at("branch").event).toMatchObject({
      kind: "push",
      branch: "topic",
      before: null,
      sha: "b".repeat(40),
      repo: { path: "rpms/hello", cloneUrl: "https://gitlab.example.org/rpms/hello.git", id: 7 },
      author: "packager",
      text: "A change",
    });
    expect(at("branch").run).toEqual({ pipeline: "100", job: "1001" });
    expect(at("branch", { CI_COMMIT_BEFORE_SHA: "e".repeat(40) }).event).toMatchObject({ before: "e".repeat(40) });
  });

  test("a tag", () => {
    expect(at("tag", { CI_COMMIT_REF_PROTECTED: "true" })).toMatchObject({
      event: { kind: "tag", tag: "v1.0" },
      refProtected: true,
    });
  });

  test("a merge request", () => {
    expect(at("merge-request")).toMatchObject({
      withoutSecrets: false,
      event: {
        kind: "merge_request",
        mr: 12,
        branch: "main",
        sourceBranch: "topic",
        draft: true,
        labels: ["build", "ready"],
        fork: false,
      },
    });
  });

  test("of a merged-result pipeline the source branch's head is built", () => {
    expect(at("merge-request", { CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "a".repeat(40) }).event).toMatchObject({
      sha: "a".repeat(40),
    });
  });

  test("a fork's merge request", () => {
    expect(at("fork")).toMatchObject({
      withoutSecrets: true,
      event: { fork: true, repo: { path: "rpms/hello" }, source: { path: "someone/hello", id: 8 } },
    });
  });

  test("the job's token is in no URL", () => {
    const pipeline = at("merge-request", {
      CI_REPOSITORY_URL: "https://gitlab-ci-token:secret@gitlab.example.org/rpms/hello.git",
    });
    expect(JSON.stringify(pipeline)).not.toContain("secret");
  });

  test("what a person starts is asked for again", () => {
    for (const source of ["web", "api", "schedule"])
      expect(at("branch", { CI_PIPELINE_SOURCE: source }).byHand).toBe(true);
    for (const source of ["push", "merge_request_event"])
      expect(at("branch", { CI_PIPELINE_SOURCE: source }).byHand).toBe(false);
  });
});

describe("outside of any pipeline", () => {
  test("the source stands for the commit", () => {
    const url = `git+https://git.example.org/rpms/hello.git#${"f".repeat(40)}`;
    const { event, run } = readPipeline({}, { kind: "scm", url });
    expect(event).toMatchObject({ kind: "push", sha: "f".repeat(40) });
    expect(run).toBeNull();
    expect(isIgnored(event)).toBe(false);
  });
});
