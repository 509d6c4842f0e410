import { type Request, refuse, textOf } from "./exchange.ts";
import { type Pipeline, type Repo, type State, type Status, timestamp } from "./state.ts";

// app/services/ci/create_commit_status_service.rb (GitLab 18), in our words: find or open the pipeline, find this user's
// unfinished status of that name in it or open one, and send it the event of the wanted state.

/** `state_machine :status` in app/models/commit_status.rb: event → the states it may leave. */
const EVENTS: Readonly<Record<string, { readonly event: string; readonly from: readonly string[] }>> = {
  pending: { event: "enqueue", from: ["created", "skipped", "manual", "scheduled"] },
  running: { event: "run", from: ["pending"] },
  success: { event: "success", from: ["created", "pending", "running"] },
  failed: { event: "drop", from: ["created", "pending", "running", "manual", "scheduled"] },
  canceled: { event: "cancel", from: ["created", "pending", "running", "manual", "scheduled"] },
  skipped: { event: "skip", from: ["created", "pending"] },
};

/** Throws the refusals of the real one: 400 "Cannot transition status", 404 for a pipeline or a ref that is not there. */
export function writeGitLabStatus(state: State, repo: Repo, sha: string, { user, body }: Request): Status {
  const wanted = textOf(body, "state") ?? refuse(400, { error: "state is missing, state does not have a valid value" });
  if (EVENTS[wanted] === undefined) refuse(400, { error: "state does not have a valid value" });
  const targetUrl = textOf(body, "target_url");
  if ((targetUrl ?? "").length > 255)
    refuse(400, { message: { target_url: ["is too long (maximum is 255 characters)"] } });
  const pipeline = findPipeline(repo, sha, body) ?? openPipeline(state, repo, sha, body);
  const context = textOf(body, "name") ?? textOf(body, "context") ?? "default";
  const named = repo.statuses.filter((each) => each.pipeline === pipeline.id && each.context === context);
  const unfinished = named.find((each) => each.by.login === user.login && /^(?:pending|running)$/.test(each.state));
  const next = transition(unfinished?.state ?? "created", wanted);
  const description = textOf(body, "description");
  if (unfinished !== undefined) return Object.assign(unfinished, { state: next, description, targetUrl });
  for (const older of named) older.retried = true;
  const status: Status = {
    ...{ id: state.nextId(), sha, context, by: user, createdAt: timestamp(state), state: next, description, targetUrl },
    ...{ ref: pipeline.ref, pipeline: pipeline.id, retried: false },
  };
  repo.statuses.push(status);
  return status;
}

function transition(from: string, wanted: string): string {
  // `running` is enqueued first, and it is no matter when that fails.
  const at = wanted === "running" && from === "created" ? "pending" : from;
  const { event, from: allowed } = EVENTS[wanted] ?? refuse(400, { error: "state does not have a valid value" });
  if (allowed.includes(at)) return wanted;
  // Word for word from https://github.com/packit/packit-service/issues/741
  return refuse(400, {
    message: `Cannot transition status via :${event} from :${at} (Reason(s): Status cannot transition via "${event}")`,
  });
}

/** The newest of this commit and ref, or the one that was asked for. */
function findPipeline(repo: Repo, sha: string, body: Request["body"]): Pipeline | undefined {
  const ref = textOf(body, "ref");
  const id = body.pipeline_id;
  const found = repo.pipelines.findLast(
    (each) => each.sha === sha && (ref === null || each.ref === ref) && (id === undefined || each.id === Number(id)),
  );
  if (found === undefined && id !== undefined)
    refuse(404, { message: "404 Pipeline for pipeline_id, sha and ref Not Found" });
  return found;
}

function openPipeline(state: State, repo: Repo, sha: string, body: Request["body"]): Pipeline {
  const ref = textOf(body, "ref") ?? repo.commits.get(sha) ?? "";
  if (ref === "") refuse(404, { message: "404 References for commit Not Found" });
  const pipeline: Pipeline = { id: state.nextId(), sha, ref, source: "external" };
  repo.pipelines.push(pipeline);
  return pipeline;
}
