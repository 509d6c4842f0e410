import type { Build } from "../domain/build.ts";
import { chooseCarrier, type MacroEdit } from "../domain/carrier.ts";
import type { TargetFacts } from "../domain/target.ts";
import { refused } from "../domain/transitions.ts";
import type { Hub } from "../ports/hub.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { Store } from "../ports/store.ts";
import type { HubMemory } from "./hub-memory.ts";
import type { Step } from "./prepare.ts";
import { throughSideTag } from "./side-tag-step.ts";
import { throughTag } from "./tag-step.ts";

export interface MacroStepDeps {
  readonly store: Store;
  readonly hubOf: (name: string) => Hub;
  readonly memory: HubMemory;
  readonly macrosIn: "hub" | "srpm";
  readonly isReserved: (hub: string, target: string) => boolean;
  readonly now: Clock;
  readonly jitter: () => number;
  readonly log: Log;
  readonly nudge: () => void;
}

/** Stock Koji knows no macros of a single build: something has to carry them. */
export function createMacroStep(deps: MacroStepDeps): Step {
  return {
    asks: "hub",
    async run(build) {
      const { hub, macros } = build.request;
      if (deps.macrosIn === "srpm")
        return macros.length === 0 ? build : { ...build, carrier: { strategy: "srpm", target: null, tag: null } };
      const target = await deps.memory.target(hub, build.request.target);
      if (target === null) return build;
      return macros.length === 0 ? plain(build, target, deps) : carry(build, target, deps);
    },
  };
}

async function carry(build: Build, target: TargetFacts, deps: MacroStepDeps): Promise<Build> {
  const { memory, hubOf, isReserved, now } = deps;
  const { hub, macros, strategy } = build.request;
  const rights = await memory.rights(hub);
  const choice = chooseCarrier({ strategy, macros, target, rights, reserved: isReserved(hub, target.name) });
  switch (choice.how) {
    case "plain":
      return plain(build, target, deps);
    case "refused":
      return refused(build, choice.reason, now());
    case "side_tag":
      return throughSideTag(build, target.buildTag, choice.set, hubOf(hub), deps);
    case "tag":
      return throughTag(build, target.buildTag, choice, hubOf(hub), deps);
  }
}

const NOTHING: MacroEdit = { set: {}, remove: [] };

/** Where we ever set macros, a build without any wants the tag as it was. */
async function plain(build: Build, { name, buildTag }: TargetFacts, deps: MacroStepDeps): Promise<Build> {
  const { hub } = build.request;
  const ours = deps.isReserved(hub, name) || (await deps.store.tagMacros(hub, buildTag)) !== null;
  return ours ? throughTag(build, buildTag, NOTHING, deps.hubOf(hub), deps) : build;
}
