import { setTimeout as delay } from "node:timers/promises";
import { KojibridgeError, kindOf } from "../domain/errors.ts";
import type { TaskId } from "../domain/koji.ts";
import type { Hub, Submission } from "../ports/hub.ts";
import { type Asker, type Earlier, judgeEarlier, type StepMark, toStepMark } from "./mark.ts";

export interface ResumeDeps {
  readonly hub: Hub;
  readonly asker: Asker;
  /** What the hub is given for a request's source: uploads what is a file here. Asked only when a task is made. */
  readonly toSource: (source: string) => Promise<string>;
  readonly adopted: (build: string, task: TaskId) => void;
  /** Milliseconds after which two runners that submitted at once see each other's tasks. */
  readonly settle: number;
  /** Once aborted, nothing new is submitted. */
  readonly signal: AbortSignal;
}

/** As long as jobs are run again. The query is not a cheap one for the hub (koji-facts, section 15): once per build. */
const LOOK_BACK_MS = 7 * 24 * 3_600_000;

/**
 * A hub on which a build is found again by whoever asks for the same one: the step's database lives as long as its
 * process, so what an earlier job submitted is known to the hub alone.
 */
export function createResumingHub(deps: ResumeDeps): Hub {
  const { hub } = deps;
  const handled = new Set<TaskId>();
  /** Attempts as the hub counts them, over all jobs, minus those of this process. */
  const shifts = new Map<string, number>();

  async function look(build: string): Promise<Earlier[]> {
    const { hubTime } = await hub.session();
    const marked = (await hub.submittedSince(hubTime - LOOK_BACK_MS)).map(({ task, metadata }) => ({
      task,
      mark: toStepMark(metadata),
    }));
    return marked.flatMap(({ task, mark }) => (mark?.build === build ? [{ task, mark }] : []));
  }

  async function submit(session: number, submission: Submission): Promise<TaskId> {
    const mark = markOf(submission);
    const known = await look(mark.build);
    const verdict = judgeEarlier(known, handled, deps.asker);
    if ("adopt" in verdict) {
      handled.add(verdict.adopt.task.id);
      deps.adopted(mark.build, verdict.adopt.task.id);
      return verdict.adopt.task.id;
    }
    const source = await prepare(deps, submission.source);
    if (deps.signal.aborted) throw new KojibridgeError("transient", "not submitted: the job is being canceled");
    shifts.set(mark.build, verdict.attempt - mark.attempt);
    const task = await hub.submit(
      session,
      withMark({ ...submission, source }, { ...mark, attempt: verdict.attempt, run: deps.asker.run }),
    );
    const winner = deps.asker.force ? task : await settle(mark.build, verdict.attempt, task);
    handled.add(winner);
    return winner;
  }

  /** Two runners may both have looked before either submitted; the older task is the one. */
  async function settle(build: string, attempt: number, task: TaskId): Promise<TaskId> {
    try {
      await delay(deps.settle);
      const rivals = (await look(build)).filter(({ mark }) => mark.attempt === attempt);
      const oldest = Math.min(task, ...rivals.map((rival) => rival.task.id));
      if (oldest === task) return task;
      await hub.cancel(task);
      deps.adopted(build, oldest);
      return oldest;
    } catch {
      // It is submitted; a hub that fails now must not make the core believe it was not.
      return task;
    }
  }

  return {
    ...hub,
    submit,
    async submittedSince(hubTime) {
      return (await hub.submittedSince(hubTime)).map((marked) => {
        const mark = toStepMark(marked.metadata);
        if (mark === null) return marked;
        const attempt = mark.attempt - (shifts.get(mark.build) ?? 0);
        return { ...marked, metadata: { ...marked.metadata, kojibridge: { ...mark, attempt } } };
      });
    },
  };
}

/** Not a word about our own files and rpmbuild may be taken for an unknown outcome of `build()`. */
async function prepare({ toSource }: ResumeDeps, source: string): Promise<string> {
  try {
    return await toSource(source);
  } catch (error) {
    if (kindOf(error) === "transient" || kindOf(error) === "throttled" || kindOf(error) === "auth") throw error;
    if (kindOf(error) === "ambiguous")
      throw new KojibridgeError("transient", "the upload was interrupted", { cause: error });
    throw new KojibridgeError("rejected", "the source package cannot be uploaded", { cause: error });
  }
}

function markOf({ opts }: Submission): StepMark {
  const metadata = opts.custom_user_metadata;
  const mark = typeof metadata === "object" && metadata !== null ? toStepMark({ ...metadata }) : null;
  if (mark === null) throw new KojibridgeError("bug", "a submission without our mark");
  return mark;
}

function withMark(submission: Submission, mark: StepMark): Submission {
  return { ...submission, opts: { ...submission.opts, custom_user_metadata: { kojibridge: mark } } };
}
