import type { Build } from "../domain/build.ts";
import { explain, kindOf } from "../domain/errors.ts";
import { intending, parked, refused, started, unsettled, unsubmitted } from "../domain/transitions.ts";
import { EN } from "../domain/words/en.ts";
import type { BuildSubmitter, SessionInfo } from "../ports/hub.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import { factsOf } from "./facts.ts";
import { prepare, type Step } from "./prepare.ts";
import type { Save } from "./save.ts";
import { toSubmission } from "./submission.ts";
import { whyParked } from "./why-parked.ts";
import type { Writers } from "./writers.ts";

export interface SubmitDeps {
  readonly hub: BuildSubmitter;
  readonly save: Save;
  readonly now: Clock;
  /** In [0, 1): spreads retries. */
  readonly jitter: () => number;
  readonly log: Log;
  /** A task began on that hub: its watcher may be in a long pause. */
  readonly watchSoon: (hub: string) => void;
  readonly writers: Writers;
  /** What is looked at and made first, in this order. */
  readonly steps: readonly Step[];
}

/** Intent before the irreversible call, fact after it. Whatever happens in between, the record says how to find out. */
export async function submit(queued: Build, deps: SubmitDeps): Promise<void> {
  const build = await prepare(queued, deps.steps, deps);
  if (build === null) return;
  const session = await openSession(build, deps);
  const by = deps.writers.me();
  // Nobody would wait for a process whose life is in doubt. The build is due, and looked at again.
  if (session === null || by === null) return;
  const intent = { by, session: session.id, since: session.hubTime, attempt: build.attempt };
  const intended = await deps.save(build, intending(build, intent, deps.now()));
  // Outside of any catch: what the database says here is about the record, not about what became of build().
  const after = await send(intended, session, deps);
  await deps.save(intended, after);
  if (after.phase === "running") deps.watchSoon(after.request.hub);
}

async function send(intended: Build, session: SessionInfo, deps: SubmitDeps): Promise<Build> {
  try {
    const task = await deps.hub.submit(session.id, toSubmission(intended));
    deps.log.info({ ...factsOf(intended), task }, "submitted");
    return started(intended, task, deps.now());
  } catch (error) {
    return afterFailure(intended, error, deps);
  }
}

async function openSession(build: Build, deps: SubmitDeps): Promise<SessionInfo | null> {
  try {
    return await deps.hub.session();
  } catch (error) {
    await deps.save(build, parked(build, whyParked(error, build, deps.log), deps.now(), deps.jitter()));
    return null;
  }
}

function afterFailure(build: Build, error: unknown, deps: SubmitDeps): Build {
  const now = deps.now();
  switch (kindOf(error)) {
    case "rejected":
      return refused(build, explain(error), now);
    case "conflict":
      return unsubmitted(build, now);
    case "transient":
    case "throttled":
    case "auth":
    case "invalid":
      return parked(build, whyParked(error, build, deps.log), now, deps.jitter());
    default:
      // Ambiguous, or something we do not understand: it may have happened.
      deps.log.warn({ ...factsOf(build), error: explain(error) }, "outcome of build() unknown");
      return unsettled(build, EN.why_unsettled, now, deps.jitter());
  }
}
