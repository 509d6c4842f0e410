import { KojibridgeError } from "../domain/errors.ts";
import type { ForgeFacts } from "../ports/forge.ts";
import type { Hub } from "../ports/hub.ts";
import { createHubMemory } from "./hub-memory.ts";
import { createMacroStep, type MacroStepDeps } from "./macro-step.ts";
import { createNvrStep } from "./nvr-step.ts";
import { createPreflight } from "./preflight.ts";
import type { Step } from "./prepare.ts";

interface StepDeps extends Omit<MacroStepDeps, "hubOf" | "memory"> {
  readonly hubs: ReadonlyMap<string, Hub>;
  /** Forges that can be asked for files. */
  readonly facts: ReadonlyMap<string, Pick<ForgeFacts, "file">>;
}

/** What is looked at and made before a build is submitted, in this order. */
export function createSteps({ hubs, ...deps }: StepDeps): Step[] {
  const hubOf = (name: string): Hub => {
    const hub = hubs.get(name);
    if (hub === undefined) throw new KojibridgeError("invalid", `the configuration has no hub \`${name}\` any more`);
    return hub;
  };
  const memory = createHubMemory(hubOf, deps.now);
  const all = { ...deps, hubOf, memory };
  return [createPreflight(memory, deps.now), createNvrStep(all), createMacroStep(all)];
}
