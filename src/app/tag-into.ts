import type { Build, Made } from "../domain/build.ts";
import { explain, isKind } from "../domain/errors.ts";
import { refused, tagging } from "../domain/transitions.ts";
import { EN, say } from "../domain/words/words.ts";
import type { TaskWatch } from "../ports/hub.ts";
import type { TagEditor } from "../ports/hub-facts.ts";
import type { Clock } from "../ports/runtime.ts";

export type TaggingHub = Pick<TagEditor, "tagsOf" | "tagBuild"> & Pick<TaskWatch, "tasks" | "failures">;

/** A task of the hub takes seconds. */
const WAIT_MS = 2_000;

/**
 * Null: the Koji build is in that tag. Else the build as it waits for that, or as it failed. Idempotent: a second task
 * for the same finds it tagged and does no harm.
 */
export async function tagInto(
  tag: string,
  made: Made,
  build: Build,
  { hub, now }: { readonly hub: TaggingHub; readonly now: Clock },
): Promise<Build | null> {
  if ((await hub.tagsOf(made.buildId)).includes(tag)) return null;
  const { nvr } = made;
  const fail = (reason: string) => refused({ ...build, made }, say(EN, "why_not_tagged", { nvr, tag, reason }), now());
  try {
    const task = made.tagging ?? (await hub.tagBuild(tag, made.buildId));
    const [state] = made.tagging === null ? [] : await hub.tasks([task]);
    if (state?.state !== "FAILED" && state?.state !== "CANCELED")
      return tagging(build, { ...made, tagging: task }, tag, WAIT_MS, now());
    const [why] = await hub.failures([task]);
    return fail(why ?? say(EN, "why_task_canceled", { task }));
  } catch (error) {
    if (!isKind(error, "rejected")) throw error;
    return fail(explain(error));
  }
}
