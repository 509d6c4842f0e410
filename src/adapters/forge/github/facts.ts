import type { Octokit } from "@octokit/core";
import type { ForgeEvent, Person } from "../../../domain/event.ts";
import { ROLES, type Role } from "../../../domain/role.ts";
import type { ForgeFacts, MergeRequestPlace, Ref, RefState } from "../../../ports/forge.ts";
import { checkFilePath, checkName, noFile, orNone, toText } from "../file.ts";
import { toPullRequest } from "../pull.ts";
import { type Reader, readObject } from "../reader.ts";
import { PER_PAGE, splitPath } from "./octokit.ts";
import { isBranchGuarded, isTagGuarded } from "./protection.ts";

/** "up to 300 files": https://docs.github.com/en/rest/commits/commits#compare-two-commits */
const COMPARE_FILES = 300;
/** "a maximum of 3000 files": https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files */
const PULL_FILES = 3000;

/** `forge` is the name in our configuration. */
export function createGitHubFacts(octokit: Octokit, forge: string): ForgeFacts {
  return {
    changedPaths: (event) => changedPaths(octokit, event),
    file: (repo, at, path) => file(octokit, repo, at, path),
    role: (repo, person) => role(octokit, repo, person),
    ref: (repo, ref) => readRef(octokit, repo, ref),
    contains: (repo, branch, sha) => contains(octokit, repo, branch, sha),
    mergeRequest: (place) => mergeRequest(octokit, forge, place),
  };
}

async function changedPaths(octokit: Octokit, event: ForgeEvent): Promise<readonly string[] | null> {
  if (event.kind === "merge_request") return pullPaths(octokit, event.repo.path, event.mr);
  if (event.kind === "tag") return null;
  if (event.changed !== null || event.before === null) return event.changed;
  const compared = await orNone(compare(octokit, event.repo.path, event.before, event.sha));
  // Three dots: what diverged is compared with where it did, and says nothing of the commits that were there before.
  if (compared === null || !/^(?:ahead|identical)$/.test(compared.text("status"))) return null;
  const files = compared.list("files");
  return files.length >= COMPARE_FILES ? null : pathsOf(files);
}

async function pullPaths(octokit: Octokit, repo: string, mr: number): Promise<string[] | null> {
  const files: Reader[] = [];
  for (let page = 1; ; page++) {
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
      ...splitPath(repo),
      pull_number: mr,
      per_page: PER_PAGE,
      page,
    });
    const more = readObject({ files: data }).list("files");
    files.push(...more);
    if (files.length >= PULL_FILES) return null;
    if (more.length < PER_PAGE) return pathsOf(files);
  }
}

/** Of a renamed file both names. */
function pathsOf(files: readonly Reader[]): string[] {
  const names = files.flatMap((file) => [file.text("filename"), file.textOr("previous_filename", "")]);
  return [...new Set(names.filter((name) => name !== ""))];
}

async function compare(octokit: Octokit, repo: string, base: string, head: string): Promise<Reader> {
  const basehead = `${base}...${head}`;
  const { data } = await octokit.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
    ...splitPath(repo),
    basehead,
    per_page: 1,
  });
  return readObject(data);
}

async function file(octokit: Octokit, repo: string, at: string, path: string): Promise<string | null> {
  const answer = await orNone(
    octokit.request("GET /repos/{owner}/{repo}/contents/{path}", {
      ...splitPath(repo),
      path: checkFilePath(path),
      ref: at,
    }),
  );
  if (answer === null) return null;
  if (Array.isArray(answer.data)) throw noFile(path, "it is a directory");
  const found = readObject(answer.data);
  const [type, encoding] = [found.text("type"), found.textOr("encoding", "")];
  if (type !== "file") throw noFile(path, `it is a ${type}`);
  // Above 1 MB there is a size and no content.
  if (encoding !== "base64") throw noFile(path, "it is larger than 1 MiB");
  return toText(path, found.textOr("content", ""), 0);
}

/** Logins change hands, ids do not: whoever has the login now must be the one who was meant. */
async function role(octokit: Octokit, repo: string, { id, login }: Person): Promise<Role> {
  const username = login ?? (await loginOf(octokit, id));
  if (username === null) return "none";
  const answer = await orNone(
    octokit.request("GET /repos/{owner}/{repo}/collaborators/{username}/permission", {
      ...splitPath(repo),
      username: checkName(username),
    }),
  );
  if (answer === null) return "none";
  const found = readObject(answer.data);
  if (found.maybe("user")?.id("id") !== id) return "none";
  // Maintain is told as write, triage as read; a custom role as what it was made from.
  return ROLES.find((each) => each === found.text("permission")) ?? "none";
}

async function loginOf(octokit: Octokit, id: number): Promise<string | null> {
  const answer = await orNone(octokit.request("GET /user/{account_id}", { account_id: id }));
  return answer === null ? null : readObject(answer.data).text("login");
}

async function readRef(octokit: Octokit, repo: string, { kind, name }: Ref): Promise<RefState | null> {
  const at = splitPath(repo);
  if (kind === "tag") {
    const sha = await tagCommit(octokit, repo, name);
    return sha === null ? null : { sha, protected: await isTagGuarded(octokit, at, name) };
  }
  const branch = await readBranch(octokit, repo, name);
  if (branch === null) return null;
  return { sha: branch.at("commit").commit("sha"), protected: await isBranchGuarded(octokit, at, branch) };
}

/** A branch that was renamed is answered for under its new name. */
async function readBranch(octokit: Octokit, repo: string, name: string): Promise<Reader | null> {
  const answer = await orNone(
    octokit.request("GET /repos/{owner}/{repo}/branches/{branch}", { ...splitPath(repo), branch: checkName(name) }),
  );
  const branch = answer && readObject(answer.data);
  return branch?.text("name") === name ? branch : null;
}

/** Null also for a tag of a tree or a blob. An annotated tag is an object of its own, and may point to another. */
async function tagCommit(octokit: Octokit, repo: string, tag: string): Promise<string | null> {
  const at = splitPath(repo);
  const ref = await orNone(
    octokit.request("GET /repos/{owner}/{repo}/git/ref/{ref}", { ...at, ref: `tags/${checkName(tag)}` }),
  );
  let object = ref && readObject(ref.data).at("object");
  for (let depth = 0; object?.text("type") === "tag" && depth < 3; depth++) {
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/git/tags/{tag_sha}", {
      ...at,
      tag_sha: object.commit("sha"),
    });
    object = readObject(data).at("object");
  }
  return object?.text("type") === "commit" ? object.commit("sha") : null;
}

/** By the branch's head: a tag of the branch's name could be meant otherwise. */
async function contains(octokit: Octokit, repo: string, name: string, sha: string): Promise<boolean> {
  const branch = await readBranch(octokit, repo, name);
  if (branch === null) return false;
  const compared = await orNone(compare(octokit, repo, branch.at("commit").commit("sha"), sha));
  return compared !== null && /^(?:behind|identical)$/.test(compared.text("status"));
}

async function mergeRequest(octokit: Octokit, forge: string, { repo, mr }: MergeRequestPlace) {
  const answer = await orNone(
    octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...splitPath(repo), pull_number: mr }),
  );
  if (answer === null) return null;
  const pull = readObject(answer.data);
  const action = pull.flag("merged") ? "merged" : pull.text("state") === "closed" ? "closed" : "updated";
  return toPullRequest(forge, pull, action, pull.maybe("user")?.text("login") ?? "ghost");
}
