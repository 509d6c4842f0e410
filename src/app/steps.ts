import { KojibridgeError } from "../domain/errors.ts";
import type { Hub } from "../ports/hub.ts";
import { createHubMemory } from "./hub-memory.ts";
import { createMacroStep, type MacroStepDeps } from "./macro-step.ts";
import { createPreflight } from "./preflight.ts";
import type { Step } from "./prepare.ts";

interface StepDeps extends Omit<MacroStepDeps, "hubOf" | "memory"> {
  readonly hubs: ReadonlyMap<string, Hub>;
}

/** What is looked at and made before a build is submitted, in this order. */
export function createSteps({ hubs, ...deps }: StepDeps): Step[] {
  const hubOf = (name: string): Hub => {
    const hub = hubs.get(name);
    if (hub === undefined) throw new KojibridgeError("invalid", `the configuration has no hub \`${name}\` any more`);
    return hub;
  };
  const memory = createHubMemory(hubOf, deps.now);
  return [createPreflight(memory, deps.now), createMacroStep({ ...deps, hubOf, memory })];
}
