import type { Build } from "../domain/build.ts";
import { isTagged, packageProblem, targetProblem } from "../domain/target.ts";
import { refused } from "../domain/transitions.ts";
import type { Clock } from "../ports/runtime.ts";
import type { HubMemory } from "./hub-memory.ts";
import type { Step } from "./prepare.ts";

/** What the hub would refuse is said before a builder works for it. */
export function createPreflight(memory: HubMemory, now: Clock): Step {
  return {
    asks: "hub",
    async run(build) {
      const { hub, target } = build.request;
      const facts = await memory.target(hub, target);
      const problem = targetProblem(build.request, facts);
      if (problem !== null) return refused(build, problem, now());
      if (facts === null || !isTagged(build.request)) return build;
      const name = packageOf(build);
      const missing = packageProblem(name, facts, await memory.package(hub, facts.destTag, name));
      return missing === null ? build : refused(build, missing, now());
    },
  };
}

/** As the repo is called, where nobody said better. */
export function packageOf({ repo, request }: Build): string {
  return request.package ?? repo.slice(repo.lastIndexOf("/") + 1);
}
