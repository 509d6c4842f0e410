import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createHubWorld, type HubWorld } from "../../src/simulator/hub/index.ts";
import {
  CREDENTIALS,
  type Environment,
  gitHubEnvironment,
  gitLabEnvironment,
  hubEnvironment,
  makeWorkspace,
  type Workspace,
} from "../support/pipeline.ts";
import { HAS_RUNNERS, killRunners, makeGitLabProject, type Running, runAction, runGitLab } from "../support/runners.ts";
import { until } from "../support/worlds.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PATIENT = { timeout: 120_000 };

let hub: HubWorld;
let workspace: Workspace;

beforeEach(async () => {
  hub = createHubWorld({ speed: 50 });
  await hub.listen();
  workspace = makeWorkspace();
});
afterEach(async () => {
  killRunners();
  await hub.close();
  workspace.remove();
});

const source = (name: string) => `git+https://git.example.org/rpms/${name}.git#${"1".repeat(40)}`;
const states = () => hub.buildTasks().map(({ state }) => state);

interface Job {
  /** What to build, by the name the simulated builders go by; more flags of the step, by name. */
  start(name: string, flags?: Readonly<Record<string, string>>): Running;
  /** The same job, run again. */
  again(name: string): Running;
  readonly state: () => string | undefined;
  readonly downloaded: () => string;
}

function sixStories(job: () => Job): void {
  test("pass, and download", PATIENT, async () => {
    const { code, stdout, stderr } = await job().start("hello").ended;
    expect({ code, stderr: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, stderr: "" });
    expect(job().state()).toBe("succeeded");
    const rpm = join(job().downloaded(), "x86_64/hello-1.0-1.g1111111.fc42.x86_64.rpm");
    expect(readFileSync(rpm, "utf8")).toContain("hello-1.0");
    expect(existsSync(join(job().downloaded(), "aarch64/build.log"))).toBe(true);
  });

  test("fail", PATIENT, async () => {
    const { code, stdout } = await job().start("fail-aarch64").ended;
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/aarch64, %build, build\.log: \S/);
    expect(job().state()).toBe("failed");
  });

  test("timeout", PATIENT, async () => {
    const { code } = await job().start("hang", { timeout: "1s" }).ended;
    expect(code).not.toBe(0);
    expect(job().state()).toBe("timeout");
    expect(states()).toEqual(["CANCELED"]);
  });

  test("cancel", PATIENT, async () => {
    const running = job().start("hang");
    await running.says(/x86_64 +building/);
    running.signal("SIGTERM");
    await running.ended;
    await until(states, (seen) => seen.every((state) => state === "CANCELED"));
  });

  test("resume", PATIENT, async () => {
    const running = job().start("slow");
    await running.says(/x86_64 +building/);
    running.signal("SIGKILL");
    await running.ended;
    const { stdout } = await job().again("slow").ended;
    expect(stdout).toContain("found task 1 of an earlier job");
    expect(job().state()).toBe("succeeded");
    expect(hub.buildTasks().length).toBe(1);
  });
}

describe.skipIf(!HAS_RUNNERS)("the action, bundled, under local-action", () => {
  beforeAll(() => {
    execFileSync(process.execPath, ["--no-warnings", join(ROOT, "action/bundle-action.ts")], { stdio: "pipe" });
  });

  const run = (env: Environment, name: string, inputs: Readonly<Record<string, string>>) =>
    runAction(
      workspace,
      { ...hubEnvironment(hub), ...CREDENTIALS, ...env },
      {
        target: "f42-candidate",
        "poll-interval": "50ms",
        source: source(name),
        download: join(workspace.path, "koji"),
        ...inputs,
      },
    );

  sixStories(() => ({
    start: (name, flags = {}) => run(gitHubEnvironment(workspace, "merge-request"), name, flags),
    again: (name) => run(gitHubEnvironment(workspace, "merge-request", {}, { GITHUB_RUN_ATTEMPT: "2" }), name, {}),
    state: () => /^state<<(\S+)\n(\w+)\n\1$/m.exec(readFileSync(join(workspace.path, "output"), "utf8"))?.[2],
    downloaded: () => join(workspace.path, "koji"),
  }));
});

describe.skipIf(!HAS_RUNNERS)("the component, under gitlab-ci-local", () => {
  const template = readFileSync(join(ROOT, "templates/gitlab/koji.yml"), "utf8");
  // Of the pipeline's own it overrides nothing but what tells a merge request, and its commit is the repository's.
  const PREDEFINED = new Set([
    "CI",
    "CI_COMMIT_SHA",
    "CI_COMMIT_BEFORE_SHA",
    "CI_PROJECT_PATH",
    "CI_PROJECT_URL",
    "CI_PROJECT_ID",
    "CI_COMMIT_MESSAGE",
  ]);

  function run(name: string, flags: Readonly<Record<string, string>>, more: Environment = {}): Running {
    if (!existsSync(join(workspace.path, "koji.yml"))) {
      const given = `--poll-interval 50ms --source "${source(name)}"`;
      makeGitLabProject(workspace, JSON.stringify({ target: "f42-candidate", arguments: given, ...flags }), template);
    }
    const env = Object.entries(gitLabEnvironment("merge-request")).filter(([key]) => !PREDEFINED.has(key));
    return runGitLab(workspace, { ...hubEnvironment(hub), ...CREDENTIALS, ...Object.fromEntries(env), ...more });
  }

  sixStories(() => ({
    start: (name, flags = {}) => run(name, flags),
    again: (name) => run(name, {}, { CI_JOB_ID: "1002" }),
    state: () => /^KOJI_STATE=(\w+)$/m.exec(readFileSync(join(workspace.path, "koji.env"), "utf8"))?.[1],
    downloaded: () => join(workspace.path, "koji"),
  }));
});
