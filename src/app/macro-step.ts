import { chooseCarrier } from "../domain/carrier.ts";
import { refused } from "../domain/transitions.ts";
import type { Gallery } from "../ports/gallery.ts";
import type { Hub } from "../ports/hub.ts";
import type { Clock } from "../ports/runtime.ts";
import type { SideTagStore } from "../ports/sidetags.ts";
import type { HubMemory } from "./hub-memory.ts";
import type { Step } from "./prepare.ts";
import { throughSideTag } from "./side-tag-step.ts";

export interface MacroStepDeps {
  readonly store: SideTagStore & Pick<Gallery, "entry">;
  readonly hubOf: (name: string) => Hub;
  readonly memory: HubMemory;
  readonly isReserved: (hub: string, target: string) => boolean;
  readonly now: Clock;
  readonly jitter: () => number;
  readonly nudge: () => void;
}

/** Stock Koji knows no macros of a single build: something on the hub has to carry them. */
export function createMacroStep(deps: MacroStepDeps): Step {
  const { memory, hubOf, isReserved, now } = deps;
  return {
    asks: "hub",
    async run(build) {
      const { hub, macros, strategy } = build.request;
      if (macros.length === 0) return build;
      const target = await memory.target(hub, build.request.target);
      if (target === null) return build;
      const rights = await memory.rights(hub);
      const choice = chooseCarrier({ strategy, macros, target, rights, reserved: isReserved(hub, target.name) });
      switch (choice.how) {
        case "plain":
          return build;
        case "refused":
          return refused(build, choice.reason, now());
        case "side_tag":
          return throughSideTag(build, target.buildTag, choice.set, hubOf(hub), deps);
        case "tag":
          return refused(build, "not yet", now());
      }
    },
  };
}
