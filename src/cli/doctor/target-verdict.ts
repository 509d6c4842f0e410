import { toMacros } from "../../adapters/koji/calls/tags.ts";
import { explain } from "../../domain/errors.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { possibleArches } from "../../domain/target.ts";
import type { Result } from "./attempt.ts";
import { type Finding, fail, ok, warn } from "./check.ts";
import type { TargetFacts } from "./hub-facts.ts";
import type { TargetUse } from "./needs.ts";

/** One target as the rules use it. Pure. */
export function judgeTarget(name: string, uses: readonly TargetUse[], facts: Result<TargetFacts>): Finding[] {
  if (!facts.ok) return [fail("target", explain(facts.error), "try again; if it stays, ask the hub's administrators")];
  const found = facts.value;
  if (!found.exists) {
    const seen = `the hub has none of this name${didYouMean(name, found.others)}`;
    return [fail("target", seen, `correct \`target\` in ${rulesOf(uses)}, or have it created`)];
  }
  const { target, destination, config } = found;
  const macros = Object.entries(toMacros(config.extra)).map(([macro, value]) => `%${macro} ${value}`);
  return [
    ok("target", `${target.buildTag} -> ${target.destTag}`),
    judgeDestination(target.destTag, destination?.locked ?? null, uses),
    judgeArches(target.buildTag, config.arches, uses),
    ok("macros", macros.length === 0 ? `${target.buildTag} sets none` : macros.join(", ")),
  ];
}

/** Only real builds are tagged (koji-facts, section 9: refused at tagging, when all is built). */
function judgeDestination(tag: string, locked: boolean | null, uses: readonly TargetUse[]): Finding {
  const real = uses.filter((use) => !use.scratch);
  if (locked === false) return ok("destination", `${tag} is open`);
  const seen = locked === null ? `${tag} is gone` : `${tag} is locked`;
  if (real.length === 0) return ok("destination", `${seen}, but only scratch builds are made`);
  return fail("destination", seen, `have it unlocked, or build to another target in ${rulesOf(real)}`);
}

function judgeArches(tag: string, arches: readonly string[], uses: readonly TargetUse[]): Finding {
  const seen = `${tag} has ${arches.join(" ")}`;
  if (arches.length === 0)
    return fail("arches", `${tag} has none`, `have the arches of ${tag} set: nothing can be built in it`);
  const [barren] = uses.filter((use) => use.arches.length > 0 && possibleArches(use.arches, arches).length === 0);
  if (barren !== undefined) {
    const todo = `in rule ${barren.rule} leave out \`arches\`, or name some of these`;
    return fail("arches", `${seen}, rule ${barren.rule} wants only ${barren.arches.join(" ")}`, todo);
  }
  const [partial] = uses.filter((use) => possibleArches(use.arches, arches).length < use.arches.length);
  if (partial === undefined) return ok("arches", seen);
  const lost = partial.arches.filter((arch) => !possibleArches(partial.arches, arches).includes(arch)).join(" ");
  return warn(
    "arches",
    `${seen}, so rule ${partial.rule} never builds ${lost}`,
    `take ${lost} out of the rule, or have it added to ${tag}`,
  );
}

function rulesOf(uses: readonly TargetUse[]): string {
  const names = [...new Set(uses.map((use) => use.rule))];
  return `rule${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
}
