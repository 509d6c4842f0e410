import { MARKER } from "../../domain/comment.ts";
import { type Scene, SUMMARY } from "./story.ts";
import type { Worlds } from "./worlds.ts";

/** Everything the worlds show that should be otherwise; empty when all is as expected. */
export function faultsOf({ forge, hub }: Worlds, story: readonly Scene[]): string[] {
  const faults: string[] = [];
  for (const scene of story) {
    const { example, event } = scene;
    const statuses = forge.statuses(example.dialect, event.repo.path, event.sha);
    for (const [context, end] of Object.entries(scene.ends)) {
      const shown = statuses.filter((status) => status.context === context).map((status) => status.state);
      if (shown.length !== 1 || shown[0] !== end)
        faults.push(`${scene.title}: ${context} should be ${end}, is ${shown}`);
    }
    if (event.kind !== "merge_request") continue;
    const comments = forge.comments(example.dialect, event.repo.path, event.mr);
    const ours = comments.filter((comment) => comment.body.startsWith(MARKER));
    if (ours.length !== 1) faults.push(`${scene.title}: there should be one comment, there are ${ours.length}`);
    else if (/🔨|🕓/u.test(ours[0]?.body ?? "")) faults.push(`${scene.title}: the comment is not final`);
  }
  const wanted = story.reduce((sum, scene) => sum + builds(scene).length, 0);
  const tasks = hub.buildTasks().length;
  if (tasks !== wanted) faults.push(`expected ${wanted} build tasks, the hub has ${tasks}`);
  return faults;
}

function builds({ ends }: Scene): string[] {
  return Object.keys(ends).filter((context) => context !== SUMMARY);
}
