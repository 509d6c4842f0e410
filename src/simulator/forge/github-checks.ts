import { type Answer, paged, type Request, refuse, textOf } from "./exchange.ts";
import { type CheckRun, mayAs, type Repo, type State } from "./state.ts";

// https://docs.github.com/en/rest/checks/runs

const STATUSES = new Set(["queued", "in_progress", "completed"]);
const CONCLUSIONS = new Set(["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"]);
/** Of what is asked for at once; what an earlier call added stays. */
const ANNOTATIONS = 50;
const CHARACTERS = 65_535;
const ACTIONS = { most: 3, label: 20, description: 40, identifier: 20 };

/** Check runs of Apps; null when it is another call. */
export function answerGitHubChecks(state: State, repo: Repo, request: Request): Answer | null {
  const [, , , kind = "", a = "", b = ""] = request.path;
  const call = `${request.method} ${request.path.length}`;
  if (kind === "commits" && b === "check-runs" && call === "GET 6") return list(repo, a, request);
  if (kind !== "check-runs" || (call !== "POST 4" && call !== "PATCH 5")) return null;
  const app = request.token.app?.id ?? refuse(403, { message: "You must authenticate via a GitHub App." });
  if (!mayAs(repo, request.user, "write")) refuse(403, { message: "Resource not accessible by integration" });
  check(request.body);
  return call === "POST 4" ? create(state, repo, app, request.body) : update(repo, app, a, request.body);
}

/** `latest` is the newest of each name and App. */
function list(repo: Repo, sha: string, request: Request): Answer {
  if (!repo.commits.has(sha)) refuse(422, { message: `No commit found for SHA: ${sha}` });
  const [name, app, filter] = ["check_name", "app_id", "filter"].map((key) => request.query.get(key));
  const all = repo.checks.filter(
    (run) => run.sha === sha && (name == null || run.name === name) && (app == null || String(run.app) === app),
  );
  const newest = new Map(all.map((run) => [`${run.app} ${run.name}`, run]));
  const page = paged(request, (filter === "all" ? all : [...newest.values()]).map(toRun), 30);
  return { ...page, body: { total_count: all.length, check_runs: page.body } };
}

function create(state: State, repo: Repo, app: number, body: Request["body"]): Answer {
  const [name, sha] = [textOf(body, "name"), textOf(body, "head_sha") ?? ""];
  if (!name) return invalid("name is missing");
  if (!repo.commits.has(sha)) return refuse(422, { message: `No commit found for SHA: ${sha}` });
  const empty = { title: null, summary: null, text: null };
  const made: CheckRun = {
    ...{ id: state.nextId(), app, sha, name, status: "queued", conclusion: null, externalId: "", detailsUrl: null },
    ...{ output: empty, annotations: [], actions: [] },
  };
  repo.checks.push(made);
  change(made, body);
  return { status: 201, body: toRun(made) };
}

function update(repo: Repo, app: number, id: string, body: Request["body"]): Answer {
  const run = repo.checks.find((each) => String(each.id) === id) ?? refuse(404, { message: "Not Found" });
  // Seen by https://github.com/int128/argocd-commenter/pull/631
  if (run.app !== app)
    refuse(403, {
      message: `Invalid app_id \`${app}\` - check run can only be modified by the GitHub App that created it.`,
    });
  change(run, body);
  return { status: 200, body: toRun(run) };
}

function change(run: CheckRun, body: Request["body"]): void {
  const output = objectOf(body.output);
  run.conclusion = textOf(body, "conclusion") ?? run.conclusion;
  run.status = textOf(body, "conclusion") === null ? (textOf(body, "status") ?? run.status) : "completed";
  run.externalId = textOf(body, "external_id") ?? run.externalId;
  run.detailsUrl = textOf(body, "details_url") ?? run.detailsUrl;
  if (Array.isArray(body.actions)) run.actions = body.actions;
  if (output === null) return;
  run.output = {
    title: textOf(output, "title") ?? run.output.title,
    summary: textOf(output, "summary") ?? run.output.summary,
    text: textOf(output, "text") ?? run.output.text,
  };
  if (Array.isArray(output.annotations)) run.annotations.push(...output.annotations);
}

function check(body: Request["body"]): void {
  const [status, conclusion, output] = [textOf(body, "status"), textOf(body, "conclusion"), objectOf(body.output)];
  if (status !== null && !STATUSES.has(status)) invalid(`status: ${status} is not a member of queued, in_progress`);
  if (conclusion !== null && !CONCLUSIONS.has(conclusion)) invalid("conclusion is not included in the list");
  if (status === "completed" && conclusion === null) invalid("conclusion is missing");
  for (const key of ["summary", "text"]) {
    const length = Buffer.byteLength(textOf(output ?? {}, key) ?? "");
    // Seen by https://github.com/github/docs/issues/35252
    if (length > CHARACTERS) invalid(`${key} exceeds a maximum bytesize of ${CHARACTERS}`);
  }
  if (output !== null && !textOf(output, "summary")) invalid("summary is missing");
  if (Array.isArray(output?.annotations) && output.annotations.length > ANNOTATIONS)
    invalid(`No more than ${ANNOTATIONS} items are allowed; ${output.annotations.length} were supplied.`);
  if (Array.isArray(body.actions)) checkActions(body.actions.map((action) => objectOf(action) ?? {}));
}

function checkActions(actions: readonly Readonly<Record<string, unknown>>[]): void {
  const tooLong = actions.some((action) =>
    (["label", "description", "identifier"] as const).some((key) => (textOf(action, key) ?? "").length > ACTIONS[key]),
  );
  if (actions.length > ACTIONS.most || tooLong) invalid("actions are too many, or too long");
}

function invalid(message: string): never {
  return refuse(422, { message: "Invalid request.", errors: [message] });
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function toRun({ id, app, sha, name, status, conclusion, externalId, detailsUrl, output, annotations }: CheckRun) {
  const told = { external_id: externalId, details_url: detailsUrl, app: { id: app } };
  const shown = { ...output, annotations_count: annotations.length };
  return { id, head_sha: sha, name, status, conclusion, ...told, output: shown };
}
