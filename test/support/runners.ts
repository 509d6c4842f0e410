import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { COMMAND, type Ended } from "./cli.ts";
import type { Environment, Workspace } from "./pipeline.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Where the runners are installed: npm resolves their own helpers from there. */
function installed(): string | null {
  try {
    return fileURLToPath(import.meta.resolve("@github/local-action")).replace(/\/node_modules\/.*$/, "");
  } catch {
    return null;
  }
}

const HOME = installed();
/** `.ci/run` installs everything: there a missing part is a failure. */
export const HAS_RUNNERS =
  process.env.KOJIBRIDGE_TEST_REQUIRE_ALL === "1" ||
  (HOME !== null && spawnSync("rsync", ["--version"]).status === 0 && spawnSync("git", ["--version"]).status === 0);

export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves when the log has it. */
  says(pattern: RegExp): Promise<void>;
  /** To the runner and the job's processes, as a runner does that cancels a job. */
  signal(name: NodeJS.Signals): void;
}

const children = new Set<ChildProcess>();
/** For `afterEach`: a failed test leaves nothing running. */
export function killRunners(): void {
  for (const { pid } of children) if (pid !== undefined) signalGroup(pid, "SIGKILL");
  children.clear();
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended.
  }
}

function launch(command: string, args: readonly string[], cwd: string, env: Environment): Running {
  const bin = join(HOME ?? ROOT, "node_modules/.bin");
  const path = `${bin}:${process.env.PATH ?? ""}`;
  const child = spawn(join(bin, command), args, {
    cwd,
    env: { HOME: process.env.HOME ?? "", ...env, PATH: env.PATH === undefined ? path : `${env.PATH}:${path}` },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  children.add(child);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (chunk) => (output[name] += chunk));
  const ended = once(child, "close").then(([code]) => {
    children.delete(child);
    return { code, ...output };
  });
  return {
    ended,
    async says(pattern) {
      while (!pattern.test(output.stdout)) {
        const last = await Promise.race([once(child.stdout, "data").then(() => null), ended]);
        if (last !== null && !pattern.test(last.stdout)) throw new Error(`ended: ${JSON.stringify(last)}`);
      }
    },
    signal(name) {
      if (child.pid !== undefined) signalGroup(child.pid, name);
    },
  };
}

/** The bundled action, with inputs and environment as one file: how `local-action` takes them. */
export function runAction(workspace: Workspace, env: Environment, inputs: Environment): Running {
  const all = {
    ...env,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}='${value}'\n`);
  const file = workspace.file("inputs.env", lines.join(""));
  return launch("local-action", ["run", join(ROOT, "action"), "dist/main.mjs", file], HOME ?? ROOT, {});
}

/** A repository that includes the component, with a `kojibridge` in its path as the image has it. */
export function makeGitLabProject(workspace: Workspace, inputs: string, template: string): void {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Packager", "-c", "user.email=packager@example.org", ...args], {
      cwd: workspace.path,
      stdio: "pipe",
    });
  workspace.file("koji.yml", template);
  workspace.file(".gitlab-ci.yml", `include:\n  - local: koji.yml\n    inputs: ${inputs}\n`);
  mkdirSync(join(workspace.path, "bin"));
  const shim = join(workspace.path, "bin/kojibridge");
  writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" --no-warnings "${COMMAND}" "$@"\n`);
  chmodSync(shim, 0o755);
  git("init", "--quiet", "--initial-branch=main", ".");
  git("remote", "add", "origin", "https://gitlab.example.org/rpms/hello.git");
  git("add", "--all");
  git("commit", "--quiet", "--message", "A package");
}

export function runGitLab(workspace: Workspace, variables: Environment): Running {
  const given = Object.entries(variables).flatMap(([name, value]) => ["--variable", `${name}=${value}`]);
  const args = ["--force-shell-executor", "--no-color", "--home", join(workspace.path, ".home"), ...given];
  return launch("gitlab-ci-local", args, workspace.path, { PATH: join(workspace.path, "bin") });
}
