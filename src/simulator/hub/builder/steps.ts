import { archStep } from "./arch.ts";
import { buildStep } from "./build.ts";
import { chainBuildStep, createRepoStep, newRepoStep, tagBuildStep, waitRepoStep } from "./others.ts";
import type { Plans } from "./plan.ts";
import type { Step } from "./scheduler.ts";
import { rebuildSrpmStep, srpmFromScmStep } from "./srpm.ts";

/** What the world's builders can do, by task method. */
export function createSteps(plans: Plans): ReadonlyMap<string, Step> {
  return new Map<string, Step>([
    ["build", buildStep(plans)],
    ["chainbuild", chainBuildStep],
    ["buildSRPMFromSCM", srpmFromScmStep(plans)],
    ["rebuildSRPM", rebuildSrpmStep(plans)],
    ["buildArch", archStep(plans)],
    ["tagBuild", tagBuildStep],
    ["waitrepo", waitRepoStep],
    ["newRepo", newRepoStep],
    ["createrepo", createRepoStep],
  ]);
}
