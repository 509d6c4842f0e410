import { existsSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHubWorld, type HubWorld } from "../../src/simulator/hub/index.ts";
import { COMMAND, endAll, run, start } from "../support/cli.ts";
import {
  CREDENTIALS,
  type Environment,
  gitHubEnvironment,
  gitLabEnvironment,
  hubEnvironment,
  makeWorkspace,
  type Workspace,
} from "../support/pipeline.ts";
import { until } from "../support/worlds.ts";

let hub: HubWorld;
let workspace: Workspace;

beforeEach(async () => {
  hub = createHubWorld({ speed: 50 });
  await hub.listen();
  workspace = makeWorkspace();
});
afterEach(async () => {
  await hub.close();
  workspace.remove();
});
afterAll(endAll);

const FLAGS = ["build", "--target", "f42-candidate", "--poll-interval", "50ms"];

function around(env: Environment = gitHubEnvironment(workspace, "push")) {
  return { cwd: workspace.path, env: { ...hubEnvironment(hub), ...CREDENTIALS, ...env } };
}

const source = (name: string, digit = "1") => `git+https://git.example.org/rpms/${name}.git#${digit.repeat(40)}`;

/** In the pipeline of a GitHub push. */
function build(args: readonly string[] = [], env?: Environment) {
  return run([...FLAGS, ...args], around(env));
}

const read = (name: string) => readFileSync(join(workspace.path, name), "utf8");

function outputs(): Record<string, string> {
  const entries = read("output").matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...entries].map(([, name, , value]) => [name, value]));
}

describe("pass and fail", () => {
  test("the pipeline's own commit, with the link first, outputs and summary", async () => {
    const { code, stdout, stderr } = await build([
      "--report",
      "junit=junit.xml",
      "--report",
      "dotenv=koji.env",
      "--json",
      "koji.json",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [task] = hub.buildTasks();
    expect(task?.request[0]).toMatch(/^git\+https:\/\/github\.com\/rpms\/hello\.git#[0-9a-f]{40}$/);
    expect(task?.request[2]).toMatchObject({ scratch: true });
    const lines = stdout.split("\n").filter((line) => !line.startsWith("::add-mask::"));
    expect(lines[0]).toBe(`f42-candidate (scratch): task 1 ${hub.webUrl}/taskinfo?taskID=1`);
    expect(lines.at(-2)).toBe("kojibridge: succeeded");
    expect(outputs()).toMatchObject({
      "task-id": "1",
      state: "succeeded",
      "task-url": `${hub.webUrl}/taskinfo?taskID=1`,
    });
    expect(outputs().nvr).toMatch(/^hello-1\.0-1\.g[0-9a-f]{7}\.fc42$/);
    expect(outputs().rpms?.split(" ").length).toBe(3);
    expect(read("summary.md")).toMatch(/\| f42-candidate \(scratch\) \| ✅ succeeded in \d+s \|/);
    expect(read("koji.env")).toContain("KOJI_STATE=succeeded\n");
    expect(read("junit.xml")).toContain('tests="2" failures="0"');
    expect(JSON.parse(read("koji.json"))).toMatchObject({ state: "succeeded", builds: [{ target: "f42-candidate" }] });
  });

  test("a package that does not build: 1, and why", async () => {
    const { code, stdout } = await build(["--source", source("fail-aarch64"), "--report", "junit=junit.xml"]);
    expect(code).toBe(1);
    expect(outputs().state).toBe("failed");
    expect(stdout).toMatch(/^f42-candidate, aarch64, %build, build\.log: hello\.c:12:17: error: ‘greeting’/m);
    expect(stdout).toMatch(/^::group::f42-candidate aarch64: the log around it\n( {2}\| .*\n)+::endgroup::$/m);
    expect(stdout).toMatch(/^::error title=Koji f42-candidate%2C aarch64.*::hello\.c:12:17: error/m);
    expect(read("summary.md")).toContain("❌ failed");
    expect(read("junit.xml")).toMatch(/name="aarch64".*><failure message="hello\.c:12:17: error/);
  });

  test("infrastructure that fails is another exit code", async () => {
    const { code } = await build(["--source", source("fail-infra")]);
    expect(code).toBe(3);
    expect(outputs().state).toBe("infrastructure");
  });

  test("several targets, one of which fails", async () => {
    const { code } = await build(["--target", "c9s-candidate", "--source", source("fail-ppc64le")]);
    expect(code).toBe(1);
    expect(outputs()["task-id"]?.split(" ").length).toBe(2);
  });

  test("--no-wait ends when the task is there", async () => {
    expect((await build(["--no-wait", "--source", source("hang")])).code).toBe(0);
    expect(outputs()).toMatchObject({ "task-id": "1", state: "submitted" });
    expect(hub.buildTasks()[0]?.state).not.toBe("CANCELED");
  });

  test("--follow prints the running logs, in which no command of the runner works", async () => {
    const { stdout } = await build(["--follow"]);
    expect(stdout).toMatch(/^ {2}\| (x86_64|aarch64): .*gcc -O2/m);
  });
});

describe("what is wrong is said, and nothing is built", () => {
  afterEach(() => expect(hub.buildTasks()).toEqual([]));

  test("a fork's pipeline has no secrets: 0, one line", async () => {
    const env = gitHubEnvironment(workspace, "fork");
    const { code, stdout, stderr } = await run(FLAGS, { cwd: workspace.path, env: { ...hubEnvironment(hub), ...env } });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stderr: "",
      stdout:
        "kojibridge: nothing was built: the pipelines of forks get no secrets, so there are no credentials for Koji\n",
    });
    const gitlab = { ...hubEnvironment(hub), ...gitLabEnvironment("fork") };
    expect((await run(FLAGS, { cwd: workspace.path, env: gitlab })).code).toBe(0);
  });

  test("no credentials where there should be some", async () => {
    const { code, stderr } = await run(FLAGS, {
      cwd: workspace.path,
      env: { ...hubEnvironment(hub), ...gitLabEnvironment("branch") },
    });
    expect(code).toBe(2);
    expect(stderr).toContain("set KOJI_USERNAME and KOJI_PASSWORD");
  });

  test("credentials the hub does not know", async () => {
    const { code, stdout, stderr } = await build([], {
      ...gitHubEnvironment(workspace, "push"),
      KOJI_PASSWORD: "wrong-password",
    });
    expect(code).toBe(2);
    expect(stderr).toContain("kojibridge");
    expect((stdout + stderr).replaceAll(/^::add-mask::.*$/gm, "")).not.toContain("wrong-password");
  });

  test("a hub that is away for longer than --patience: 3", async () => {
    await hub.faults.down();
    const { code } = await build(["--patience", "1s"]);
    expect(code).toBe(3);
    await hub.faults.up();
  });

  test("real builds of merge requests, and of what is not protected", async () => {
    const env = gitHubEnvironment(workspace, "merge-request");
    const mr = await run([...FLAGS, "--no-scratch"], around(env));
    expect(mr.stdout).toContain("merge requests only get scratch builds");
    expect(mr.code).toBe(2);
    const tag = await run([...FLAGS, "--no-scratch"], around(gitLabEnvironment("tag")));
    expect(tag.stdout).toContain("the forge does not protect this tag");
    expect(tag.code).toBe(2);
  });

  test.each<[args: string[], words: string]>([
    [["--target", "no spaces"], "--target"],
    [["--timeout", "2 hours"], "--timeout 2 hours: write a duration"],
    [["--report", "html=x"], "--report html=x"],
    [["--source", "https://x/y"], "--source"],
    [["--srpm", "nowhere.src.rpm"], "nowhere.src.rpm cannot be read"],
    [["--macro", "dist"], "write NAME=VALUE"],
    [["--macro", "dist=a\nb"], "--macro dist: a value is one line"],
    [["--macro", "dist=.an8"], "--macro, --with and --without need --spec"],
    [["--with", "x", "--without", "x"], "both in `with`"],
    [["--hub-url", "http://user:pw@hub/"], "without a user"],
  ])("%j", async (args, words) => {
    const { code, stdout, stderr } = await build(args);
    expect(stdout + stderr).toContain(words);
    expect(code).toBe(2);
  });

  test("[skip koji] in the commit: 0", async () => {
    const { code, stdout } = await run(
      FLAGS,
      around(gitLabEnvironment("branch", { CI_COMMIT_MESSAGE: "docs [skip koji]" })),
    );
    expect(stdout).toContain("nothing was built: [skip koji]");
    expect(code).toBe(0);
  });
});

describe("a job that ends early", () => {
  test("--timeout: 4, and the task is canceled", async () => {
    const { code } = await build(["--timeout", "1s", "--source", source("hang")]);
    expect(code).toBe(4);
    expect(hub.buildTasks()[0]?.state).toBe("CANCELED");
    expect(outputs().state).toBe("timeout");
  });

  test.each<[signal: NodeJS.Signals, args: string[], state: string]>([
    ["SIGTERM", [], "CANCELED"],
    ["SIGINT", [], "CANCELED"],
    ["SIGTERM", ["--no-cancel"], "OPEN"],
  ])("%s %j: 5, the task is %s", async (signal, args, state) => {
    const step = start([COMMAND, ...FLAGS, "--source", source("hang"), ...args], around());
    await step.prints(/x86_64 +building/);
    step.process.kill(signal);
    expect((await step.ended).code).toBe(5);
    expect(hub.buildTasks()[0]?.state).toBe(state);
  });

  test("a signal while build() is in flight leaves no task behind", async () => {
    const gate = hub.faults.hold("build");
    const step = start([COMMAND, ...FLAGS, "--source", source("hang")], around());
    await gate.reached;
    step.process.kill("SIGTERM");
    setTimeout(() => gate.release(), 300);
    expect((await step.ended).code).toBe(5);
    await until(
      () => hub.buildTasks().map(({ state }) => state),
      (states) => states.every((state) => state === "CANCELED"),
    );
  });
});

describe("a job that is run again", () => {
  test("goes on with its own task after its runner died", async () => {
    const args = ["--source", source("slow")];
    const first = start([COMMAND, ...FLAGS, ...args], around());
    await first.prints(/task 1/);
    first.process.kill("SIGKILL");
    const { code, stdout } = await build(args, gitHubEnvironment(workspace, "push", {}, { GITHUB_RUN_ATTEMPT: "2" }));
    expect(stdout).toContain("found task 1 of an earlier job");
    expect(code).toBe(0);
    expect(hub.buildTasks().length).toBe(1);
  });

  test("finds a finished one, builds anew with --force, and after a failure when somebody asks again", async () => {
    const good = ["--source", source("hello")];
    await build(good);
    expect((await build(good)).stdout).toContain("found task");
    expect(hub.buildTasks().length).toBe(1);
    await build([...good, "--force"]);
    expect(hub.buildTasks().length).toBe(2);
    const bad = ["--source", source("fail-x86_64")];
    await build(bad);
    expect(hub.buildTasks().length).toBe(3);
    const other = await build(bad, gitHubEnvironment(workspace, "push", {}, { GITHUB_RUN_ID: "1001" }));
    expect(other.code).toBe(1);
    expect(hub.buildTasks().length).toBe(3);
    const again = await build(bad, gitHubEnvironment(workspace, "push", {}, { GITHUB_RUN_ATTEMPT: "2" }));
    expect(again.code).toBe(1);
    expect(hub.buildTasks().length).toBe(4);
  });

  test("two runners at the same moment share one task", async () => {
    const both = await Promise.all([
      build(),
      build([], gitHubEnvironment(workspace, "push", {}, { GITHUB_RUN_ID: "1001" })),
    ]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const states = hub.buildTasks().map(({ state }) => state);
    expect(states.filter((state) => state === "CLOSED").length).toBe(1);
    expect(states.filter((state) => state !== "CLOSED" && state !== "CANCELED")).toEqual([]);
  });

  test("a lost answer of build() is one task", async () => {
    hub.faults.dropAnswerAfterCommit("build");
    const { code } = await build();
    expect(code).toBe(0);
    expect(hub.buildTasks().length).toBe(1);
  });
});

describe("--download", () => {
  const file = (path: string) => join(workspace.path, "out", path);

  test.each([true, false])("packages and logs, once; top URL %s", async (served) => {
    const { KOJI_TOP_URL, ...rest } = around().env as Environment;
    const env = served ? { ...rest, KOJI_TOP_URL: KOJI_TOP_URL ?? "" } : rest;
    const download = () =>
      run([...FLAGS, "--source", source("hello"), "--download", "out"], { cwd: workspace.path, env });
    expect((await download()).code).toBe(0);
    const rpm = file("x86_64/hello-1.0-1.g1111111.fc42.x86_64.rpm");
    const content = readFileSync(rpm, "utf8");
    expect(content).toBe("hello-1.0-1.g1111111.fc42.x86_64.rpm\n".repeat(40));
    expect(existsSync(file("aarch64/build.log"))).toBe(true);
    expect(outputs().rpms).toContain("out/x86_64/hello-1.0-1.g1111111.fc42.x86_64.rpm");
    truncateSync(rpm, 100);
    await download();
    expect(readFileSync(rpm, "utf8")).toBe(content);
  });
});

describe("rules of the repository", () => {
  test(".kojibridge.yaml", async () => {
    workspace.file(
      ".kojibridge.yaml",
      `hubs: { koji: { url: "${hub.url}", web_url: "${hub.webUrl}", poll_interval: 50ms } }
rules:
  - { name: branches, on: push, branches: [main], build: { hub: koji, target: f42-candidate } }
  - { name: others, on: push, branches: [topic], build: { hub: koji, target: c9s-candidate } }
`,
    );
    const env = gitLabEnvironment("branch");
    const { code, stdout } = await run(["build"], { cwd: workspace.path, env: { ...CREDENTIALS, ...env } });
    expect(stdout).toContain("c9s-candidate (scratch): built");
    expect(code).toBe(0);
    expect(hub.buildTasks().length).toBe(1);
  });

  test("a mistake in it, with line and column", async () => {
    workspace.file(".kojibridge.yaml", "rules:\n  - { name: x, on: push, build: { hub: koji, taget: f42 } }\n");
    const { code, stderr } = await run(["build"], around());
    expect(stderr).toMatch(/\.kojibridge\.yaml:2:\d+: .*target/);
    expect(code).toBe(2);
  });
});
