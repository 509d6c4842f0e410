import { type Build, isFinal } from "../domain/build.ts";
import type { MacroEdit } from "../domain/carrier.ts";
import { planTag, type TagMacros, type TagPlan, untouched } from "../domain/tag-macros.ts";
import { parked, refused } from "../domain/transitions.ts";
import { EN, say } from "../domain/words/words.ts";
import type { Gallery } from "../ports/gallery.ts";
import type { TagEditor } from "../ports/hub-facts.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { BuildStore } from "../ports/store.ts";
import type { TagMacroStore } from "../ports/tag-macros.ts";

interface Deps {
  readonly store: TagMacroStore & Pick<BuildStore, "build"> & Pick<Gallery, "buildPage">;
  readonly now: Clock;
  readonly jitter: () => number;
  readonly log: Log;
}

/**
 * The build on its own target, whose build tag has these macros and keeps them until the build has ended; or waiting for
 * builds that need others; or refused, since somebody else works on the tag.
 */
export async function throughTag(
  build: Build,
  tag: string,
  edit: MacroEdit,
  hub: TagEditor,
  deps: Deps,
): Promise<Build> {
  const { store, now, jitter, log } = deps;
  const record = (await store.tagMacros(build.request.hub, tag)) ?? untouched(build.request.hub, tag);
  const plan = planTag(record, await hub.ownMacros(tag), edit);
  if ("foreign" in plan) return refused(build, plan.foreign, now());
  const others = await unfinished(record, build, deps);
  if (plan.moves && others.length > 0)
    return parked({ ...build, carrier: null }, say(EN, "why_other_macros", { tag }), now(), jitter());
  if (plan.moves || !isSettled(record, plan) || !record.users.includes(build.id)) {
    const { saved, wanted } = plan;
    const claimed = await store.saveTagMacros({ ...record, saved, wanted, users: [...others, build.id] });
    await apply(claimed, plan, build, hub, log);
    await store.saveTagMacros({ ...claimed, confirmed: wanted });
  }
  // Never touched: any repository of it is as good as the next.
  if (Object.keys(plan.saved).length === 0) return build;
  return { ...build, carrier: { strategy: "tag", target: build.request.target, tag } };
}

function isSettled({ confirmed }: TagMacros, { edit, wanted }: TagPlan): boolean {
  const nothing = Object.keys(edit.set).length + edit.remove.length === 0;
  return nothing && JSON.stringify(confirmed) === JSON.stringify(wanted);
}

async function apply(record: TagMacros, { edit, saved }: TagPlan, build: Build, hub: TagEditor, log: Log) {
  const { set, remove } = edit;
  if (Object.keys(set).length === 0 && remove.length === 0) return;
  log.info({ build: build.id, hub: record.hub, tag: record.tag, set, remove, saved }, "editing the macros of a tag");
  await hub.editMacros(record.tag, set, remove);
}

/** Builds that count on the tag as it is. Before our first edit nobody was written down: then those that run there. */
async function unfinished(record: TagMacros, { id, request }: Build, { store }: Deps): Promise<string[]> {
  if (record.revision === 0) {
    const filter = { hub: request.hub, target: request.target, phases: ["submitting", "running"] as const };
    return (await store.buildPage(filter, 100, null)).items
      .map(({ build }) => build.id)
      .filter((other) => other !== id);
  }
  const builds = await Promise.all(record.users.map((user) => store.build(user)));
  return builds.flatMap((build) => (build === null || build.id === id || isFinal(build.phase) ? [] : [build.id]));
}
