import { archStep, srpmStep } from "./arch.ts";
import { buildStep } from "./build.ts";
import { chainBuildStep, newRepoStep, tagBuildStep, waitRepoStep } from "./others.ts";
import type { Plans } from "./plan.ts";
import type { Step } from "./scheduler.ts";

/** What the world's builders can do, by task method. */
export function createSteps(plans: Plans): ReadonlyMap<string, Step> {
  return new Map<string, Step>([
    ["build", buildStep(plans)],
    ["chainbuild", chainBuildStep],
    ["buildSRPMFromSCM", srpmStep(plans)],
    ["rebuildSRPM", srpmStep(plans)],
    ["buildArch", archStep(plans)],
    ["tagBuild", tagBuildStep],
    ["waitrepo", waitRepoStep],
    ["newRepo", newRepoStep],
  ]);
}
