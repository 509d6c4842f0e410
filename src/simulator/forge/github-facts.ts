import { type Answer, paged, type Request, refuse } from "./exchange.ts";
import { type Change, changes, commitsSince, mergeBase } from "./history.ts";
import {
  accessOf,
  keyOf,
  keyOfRef,
  mayAs,
  type Protection,
  type Pull,
  protectionsOf,
  type Repo,
  type State,
  type User,
} from "./state.ts";

const NOT_FOUND = { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" };
/** https://docs.github.com/en/rest/commits/commits#compare-two-commits */
const COMPARE_FILES = 300;
/** https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files */
const PULL_FILES = 3000;
/** https://docs.github.com/en/rest/repos/contents#get-repository-content */
const CONTENT_BYTES = 1024 * 1024;

/** What can be read of a repo; null when it is another call. */
export function answerGitHubFacts(state: State, repo: Repo, request: Request): Answer | null {
  const [, , , kind = "", a = "", b = ""] = request.path;
  const call = `${request.method} ${request.path.length}`;
  if (kind === "branches" && call === "GET 5") return getBranch(repo, a);
  if (kind === "rules" && a === "branches" && call === "GET 6") return paged(request, branchRules(repo, b), 30);
  if (kind === "rulesets" && call === "GET 4") return paged(request, rulesets(repo).map(toRuleset), 30);
  if (kind === "rulesets" && call === "GET 5") return getRuleset(repo, a);
  if (kind === "git" && a === "ref" && call === "GET 6") return getRef(repo, b);
  if (kind === "git" && a === "tags" && call === "GET 6") return getTagObject(repo, b);
  if (kind === "compare" && call === "GET 5") return compare(repo, a);
  if (kind === "contents" && call === "GET 5") return getContents(repo, a, request.query.get("ref") ?? "");
  if (kind === "collaborators" && b === "permission" && call === "GET 6") return getPermission(state, repo, a, request);
  if (kind === "pulls" && call === "GET 5") return getPull(state, repo, a);
  if (kind === "pulls" && b === "files" && call === "GET 6")
    return paged(request, pullFiles(repo, pullOf(repo, a)).slice(0, PULL_FILES).map(toFile), 30);
  return null;
}

/** "Get a user using their ID" */
export function getUserById(state: State, id: string): Answer {
  const user = [...state.users.values()].find((each) => String(each.id) === id) ?? notFound();
  return { status: 200, body: toUser(user) };
}

function getBranch(repo: Repo, name: string): Answer {
  const ref = repo.refs.get(keyOfRef({ kind: "branch", name })) ?? refuse(404, { message: "Branch not found" });
  const rules = protectionsOf(repo, ref);
  const classic = rules.some(({ ruleset }) => !ruleset);
  // Any ruleset makes it `protected`: https://github.com/crs-k/stale-branches/issues/1061
  const body = { name, commit: { sha: ref.sha }, protected: rules.length > 0, protection: { enabled: classic } };
  return { status: 200, body };
}

/** `open`: a rule that is about the name alone. */
function branchRules(repo: Repo, name: string) {
  const rules = protectionsOf(repo, { kind: "branch", name }).filter(({ ruleset }) => ruleset);
  return rules.map(({ id, open }) => ({
    ...{ type: open === "all" ? "branch_name_pattern" : "pull_request", ruleset_id: id },
    ...{ ruleset_source_type: "Repository", ruleset_source: repo.path },
  }));
}

function rulesets(repo: Repo): Protection[] {
  return repo.protections.filter(({ ruleset }) => ruleset);
}

function toRuleset({ id, kind }: Protection) {
  return { id, name: `ruleset ${id}`, target: kind, source_type: "Repository", source: "x", enforcement: "active" };
}

function getRuleset(repo: Repo, id: string): Answer {
  const found = rulesets(repo).find((each) => String(each.id) === id) ?? notFound();
  const include = [`refs/${found.kind === "tag" ? "tags" : "heads"}/${found.pattern}`];
  const types = found.open === "all" ? ["deletion"] : ["creation", "update", "deletion"];
  const conditions = { ref_name: { include, exclude: [] } };
  return { status: 200, body: { ...toRuleset(found), conditions, rules: types.map((type) => ({ type })) } };
}

function getRef(repo: Repo, name: string): Answer {
  const [, kind, rest = ""] = /^(heads|tags)\/(.+)$/.exec(name) ?? notFound();
  const ref = repo.refs.get(keyOfRef({ kind: kind === "tags" ? "tag" : "branch", name: rest })) ?? notFound();
  const object = { type: ref.object === null ? "commit" : "tag", sha: ref.object ?? ref.sha };
  return { status: 200, body: { ref: `refs/${name}`, object } };
}

function getTagObject(repo: Repo, object: string): Answer {
  const ref = [...repo.refs.values()].find((each) => each.object === object) ?? notFound();
  return { status: 200, body: { tag: ref.name, sha: object, object: { type: "commit", sha: ref.sha } } };
}

function compare(repo: Repo, basehead: string): Answer {
  const [base = "", head = ""] = basehead.split("...").map((name) => commitOf(repo, name));
  const [ahead, behind] = [
    commitsSince(repo.history, base, head).length,
    commitsSince(repo.history, head, base).length,
  ];
  const from = mergeBase(repo.history, base, head);
  if (from === null) refuse(404, { message: `No common ancestor between ${basehead.replace("...", " and ")}.` });
  const status = ahead > 0 && behind > 0 ? "diverged" : ahead > 0 ? "ahead" : behind > 0 ? "behind" : "identical";
  const files = changes(repo.history, from, head).slice(0, COMPARE_FILES).map(toFile);
  return { status: 200, body: { status, ahead_by: ahead, behind_by: behind, total_commits: ahead, files } };
}

/** A branch, a tag or a commit, in git's order. */
function commitOf(repo: Repo, name: string): string {
  const kinds = ["tag", "branch"] as const;
  const ref = kinds.map((kind) => repo.refs.get(keyOfRef({ kind, name }))).find((each) => each !== undefined);
  const sha = ref?.sha ?? name;
  return repo.history.has(sha) ? sha : notFound();
}

function getContents(repo: Repo, path: string, at: string): Answer {
  const files = repo.history.get(commitOf(repo, at))?.files ?? new Map<string, Buffer>();
  const inside = [...files.keys()].filter((each) => each.startsWith(`${path}/`));
  if (inside.length > 0) return { status: 200, body: inside.map((each) => ({ type: "file", path: each })) };
  const content = files.get(path) ?? notFound();
  const isLarge = content.length > CONTENT_BYTES;
  const told = { encoding: isLarge ? "none" : "base64", content: isLarge ? "" : inLines(content.toString("base64")) };
  return { status: 200, body: { type: "file", path, size: content.length, ...told } };
}

/** As GitHub has it. */
function inLines(base64: string): string {
  return base64.replaceAll(/.{1,60}/g, "$&\n");
}

function getPermission(state: State, repo: Repo, login: string, { user }: Request): Answer {
  // Seen by https://github.com/yegor256/rultor/issues/1407
  if (!mayAs(repo, user, "write")) refuse(403, { message: "Must have push access to view collaborator permission." });
  const person = state.users.get(login) ?? notFound();
  const access = accessOf(repo, person);
  return { status: 200, body: { permission: access, role_name: access, user: toUser(person) } };
}

function pullOf(repo: Repo, number: string): Pull {
  return repo.pulls.get(Number(number)) ?? notFound();
}

function pullFiles(repo: Repo, { branch, sha }: Pull): Change[] {
  const base = repo.refs.get(keyOfRef({ kind: "branch", name: branch }));
  return changes(repo.history, base ? mergeBase(repo.history, base.sha, sha) : null, sha);
}

function toFile({ path, previous, status }: Change) {
  return { filename: path, status, ...(previous === null ? {} : { previous_filename: previous }) };
}

function getPull(state: State, repo: Repo, number: string): Answer {
  const pull = pullOf(repo, number);
  const source = pull.source === null ? null : state.repos.get(keyOf("github", pull.source));
  const base = { ref: pull.branch, sha: "", repo: toRepo(repo) };
  const head = { ref: pull.sourceBranch, sha: pull.sha, repo: source ? toRepo(source) : null };
  const told = { number: pull.number, title: pull.title, body: pull.text, draft: pull.draft, base, head };
  const [isOpen, merged] = [pull.state === "open", pull.state === "merged"];
  const state_ = { state: isOpen ? "open" : "closed", merged, html_url: `${repo.webUrl}/pull/${number}` };
  const people = { user: pull.by && toUser(pull.by), labels: pull.labels.map((name) => ({ name })) };
  return { status: 200, body: { ...told, ...state_, ...people } };
}

function toRepo({ id, path, webUrl }: Repo) {
  return { id, full_name: path, html_url: webUrl, clone_url: `${webUrl}.git` };
}

function toUser({ id, login, isBot }: User) {
  return { id, login, type: isBot ? "Bot" : "User" };
}

function notFound(): never {
  return refuse(404, NOT_FOUND);
}
