import { KojibridgeError } from "../../../domain/errors.ts";
import type { SessionId, TaskId } from "../../../domain/koji.ts";
import type { Submission } from "../../../ports/hub.ts";
import { type BuildOptions, toBuildOpts } from "../build-options.ts";
import type { Caller } from "../caller.ts";
import { toIntAnswer } from "../shape.ts";
import { named, type XmlRpcValue } from "../xmlrpc.ts";

export interface TaskOptions {
  /** Added to Koji's 20: higher comes later. Negative needs an administrator. */
  readonly priority?: number;
  readonly channel?: string;
}

/**
 * None of these is sent again after a lost answer, which is `ambiguous`. The hub lets go of the session's lock for a moment before it
 * stores the call number (kojihub/auth.py, "deliberately after the commit"); a copy that waits for the lock just then passes as well, and
 * two tasks are made.
 */
export interface BuildCalls {
  /** BuildSubmitter.submit: on exactly that session. */
  submit(session: SessionId, submission: Submission): Promise<TaskId>;
  /**
   * Builds an SCM URL or an uploaded SRPM. `target` null: for the build tag of `repoId`.
   * @throws KojibridgeError `invalid`, code `koji.build_options`, for what the hub would accept and the builder then refuse or ignore
   */
  build(source: string, target: string | null, options?: BuildOptions & TaskOptions): Promise<TaskId>;
  /** Builds the lists one after the other, each list at once; an entry is an SCM URL, or an NVR to wait for. Never scratch. */
  chainBuild(sources: readonly (readonly string[])[], target: string, options?: TaskOptions): Promise<TaskId>;
  /** A failed or canceled top-level task again, as a new task with the same request. */
  resubmitTask(id: TaskId): Promise<TaskId>;
}

export function createBuildCalls({ write }: Caller): BuildCalls {
  async function make(method: string, params: readonly unknown[], on?: SessionId): Promise<TaskId> {
    const options = { resend: false, ...(on === undefined ? {} : { on }) };
    return toTaskId(await write(method, params, options), method);
  }
  return {
    submit: (session, { source, target, opts, priority, channel }) =>
      make("build", [source, target, opts, ...toPlace(priority, channel)], session),
    async build(source, target, { priority, channel, ...options } = {}) {
      return make("build", [source, target, toBuildOpts(source, target, options), named({ priority, channel })]);
    },
    chainBuild: (sources, target, { priority, channel } = {}) =>
      make("chainBuild", [sources, target, {}, named({ priority, channel })]),
    resubmitTask: (id) => make("resubmitTask", [id]),
  };
}

function toPlace(priority?: number, channel?: string): unknown[] {
  return priority === undefined && channel === undefined ? [] : [named({ priority, channel })];
}

/** The hub has answered, so it has a task; which one is to be found out. */
function toTaskId(answer: XmlRpcValue, method: string): TaskId {
  try {
    return toIntAnswer(answer, method);
  } catch (cause) {
    throw new KojibridgeError("ambiguous", `${method}: the hub did not answer with a task id`, {
      code: "koji.answer",
      cause,
    });
  }
}
