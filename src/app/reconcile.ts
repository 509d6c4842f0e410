import { KojibridgeError } from "../domain/errors.ts";
import { decide, ended } from "../domain/transitions.ts";
import type { Hub } from "../ports/hub.ts";
import type { BuildStore } from "../ports/store.ts";
import { cancel } from "./cancel.ts";
import { type ExplainDeps, explainFailure } from "./explain.ts";
import { createFinder, type Finder } from "./find.ts";
import { finish } from "./finish.ts";
import { recover } from "./recover.ts";
import { type SubmitDeps, submit } from "./submit.ts";

export interface ReconcileDeps extends Omit<SubmitDeps & ExplainDeps, "hub" | "infraRetries"> {
  readonly store: BuildStore;
  readonly hubs: ReadonlyMap<string, Hub>;
  /** How often a build on that hub is tried again when the infrastructure failed. */
  readonly infraRetries: (hub: string) => number;
}

/** One pass over one build: load, decide, act, save. Safe to run again at any moment, for any reason or none. */
export function createReconcile({ store, hubs, infraRetries, ...deps }: ReconcileDeps): (id: string) => Promise<void> {
  const finders = new Map<string, Finder>();
  for (const [name, hub] of hubs) finders.set(name, createFinder(hub));

  return async (id) => {
    const build = await store.build(id);
    if (build === null) return;
    const decision = decide(build, deps.now());
    if (decision === "end") await deps.save(build, ended(build, deps.now()));
    if (decision === "end" || decision === "watch" || decision === "wait" || decision === "nothing") return;
    const hub = hubs.get(build.request.hub);
    const find = finders.get(build.request.hub);
    if (hub === undefined || find === undefined)
      throw new KojibridgeError("invalid", `the configuration has no hub \`${build.request.hub}\` any more`);
    if (decision === "submit") await submit(build, { ...deps, hub });
    else if (decision === "finish") await finish(build, { ...deps, hub });
    else if (decision === "cancel") await cancel(build, { ...deps, hub });
    else if (decision === "explain")
      await explainFailure(build, { ...deps, hub, infraRetries: infraRetries(build.request.hub) });
    else await recover(build, { ...deps, hub, find });
  };
}
