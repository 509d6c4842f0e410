import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { toEvent } from "../../adapters/forge/github/convert.ts";
import { readGitHub } from "../../ci/github.ts";
import { readGitLab } from "../../ci/gitlab.ts";
import { readLocal, type WorkingCopy } from "../../ci/local.ts";
import type { Env, Pipeline } from "../../ci/pipeline.ts";
import { KojibridgeError } from "../../domain/errors.ts";
import { isIgnored, isPersonEvent } from "../../domain/event.ts";
import type { Origin } from "./wish.ts";

/** @throws KojibridgeError `invalid` when the pipeline's environment is not what it should be */
export function readPipeline(env: Env, origin: Origin): Pipeline {
  if (env.GITHUB_ACTIONS === "true") return readGitHub(env, readPayload(env.GITHUB_EVENT_PATH), parseGitHub);
  if (env.GITLAB_CI === "true") return readGitLab(env);
  return readLocal(readWorkingCopy(origin), userInfo().username);
}

function parseGitHub(event: string, payload: unknown) {
  const parsed = toEvent("github", event, payload);
  if (isIgnored(parsed) || !isPersonEvent(parsed)) return parsed;
  throw new KojibridgeError("bug", `a ${event} is nobody's word`);
}

function readPayload(path: string | undefined): unknown {
  if (path === undefined || path === "") return {};
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new KojibridgeError("invalid", `GITHUB_EVENT_PATH ${path} cannot be read as JSON`, { cause });
  }
}

/** What git says of the folder; where there is none, the source itself stands for the commit. */
function readWorkingCopy(origin: Origin): WorkingCopy {
  if (origin.kind === "scm") return atSource(origin.url, /#([0-9a-f]{40})$/.exec(origin.url)?.[1] ?? null);
  const sha = git("rev-parse", "HEAD");
  if (sha !== null) {
    const branch = git("rev-parse", "--abbrev-ref", "HEAD") ?? "HEAD";
    return { sha, branch, cloneUrl: toCloneUrl(git("remote", "get-url", "origin")) };
  }
  if (origin.kind !== "commit") return atSource(readFileSync(origin.file), null);
  throw new KojibridgeError("invalid", "this is no git working copy: give --source, --srpm or --spec");
}

function atSource(source: string | Buffer, sha: string | null): WorkingCopy {
  return { sha: sha ?? createHash("sha1").update(source).digest("hex"), branch: "local", cloneUrl: null };
}

/** Credentials in a remote's URL are nobody's business. */
function toCloneUrl(remote: string | null): string | null {
  return remote === null || !/^https?:/.test(remote) ? null : remote.replace(/^(https?:\/\/)[^/@]*@/, "$1");
}

/** The files of the repository, for annotations. */
export function listRepoFiles(): string[] {
  return git("ls-files", "-z")?.split("\0") ?? [];
}

function git(...args: string[]): string | null {
  try {
    return execFileSync("git", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 64 * 2 ** 20,
    }).trim();
  } catch {
    return null;
  }
}
