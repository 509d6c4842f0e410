import type { Build } from "../domain/build.ts";
import { explain, KojibridgeError, kindOf } from "../domain/errors.ts";
import type { Log } from "../ports/runtime.ts";
import { factsOf } from "./facts.ts";

/** What the packager reads while nothing can be done; what the operator has to do goes to the log. */
export function whyParked(error: unknown, build: Build, log: Log, who: "hub" | "forge" = "hub"): string {
  const facts = { ...factsOf(build), error: explain(error) };
  switch (kindOf(error)) {
    case "transient":
    case "ambiguous":
      log.warn(facts, `${who} unavailable`);
      return `${who} unavailable`;
    case "throttled":
      log.warn(facts, `${who} busy`);
      return `${who} busy`;
    case "auth":
      log.error(facts, `${who} refuses our login`);
      return `the ${who} refuses the login of kojibridge; its operator has to act`;
    case "invalid":
    case "rejected":
      log.error(facts, `${who} cannot be used as configured`);
      return `the ${who} cannot be used as configured; the operator of kojibridge has to act`;
    default:
      throw error instanceof Error ? error : new KojibridgeError("bug", String(error));
  }
}
