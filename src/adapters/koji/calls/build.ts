import { KojibridgeError } from "../../../domain/errors.ts";
import type { SessionId, TaskId } from "../../../domain/koji.ts";
import type { Submission } from "../../../ports/hub.ts";
import type { Caller } from "../caller.ts";
import { toIntAnswer } from "../shape.ts";
import type { XmlRpcValue } from "../xmlrpc.ts";

export interface BuildCalls {
  /**
   * Sends `build()` on exactly that session, once: see BuildSubmitter.submit. It is not sent again after a lost answer. The hub lets go
   * of the session's lock for a moment before it stores the call number (kojihub/auth.py, "deliberately after the commit"); a copy that
   * comes just then passes as well, and two tasks are made.
   */
  submit(session: SessionId, submission: Submission): Promise<TaskId>;
}

export function createBuildCalls({ write }: Caller): BuildCalls {
  return {
    async submit(session, { source, target, opts }) {
      const task = await write("build", [source, target, opts], { on: session, resend: false });
      return toTaskId(task);
    },
  };
}

/** The hub has answered, so it has a task; which one is to be found out. */
function toTaskId(answer: XmlRpcValue): TaskId {
  try {
    return toIntAnswer(answer, "build");
  } catch (cause) {
    throw new KojibridgeError("ambiguous", "build: the hub did not answer with a task id", {
      code: "koji.answer",
      cause,
    });
  }
}
