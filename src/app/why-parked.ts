import type { Build } from "../domain/build.ts";
import { explain, KojibridgeError, kindOf } from "../domain/errors.ts";
import { EN } from "../domain/words/en.ts";
import type { Log } from "../ports/runtime.ts";
import { factsOf } from "./facts.ts";

/** What the packager reads while nothing can be done; what the operator has to do goes to the log. */
export function whyParked(error: unknown, build: Build, log: Log, who: "hub" | "forge" = "hub"): string {
  const facts = { ...factsOf(build), error: explain(error) };
  switch (kindOf(error)) {
    case "transient":
    case "ambiguous":
      log.warn(facts, `${who} unavailable`);
      return EN[`why_${who}_unavailable`];
    case "throttled":
      log.warn(facts, `${who} busy`);
      return EN[`why_${who}_busy`];
    case "auth":
      log.error(facts, `${who} refuses our login`);
      return EN[`why_${who}_login`];
    case "invalid":
    case "rejected":
      log.error(facts, `${who} cannot be used as configured`);
      return EN[`why_${who}_config`];
    default:
      throw error instanceof Error ? error : new KojibridgeError("bug", String(error));
  }
}
