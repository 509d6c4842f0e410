import { explain } from "../../domain/errors.ts";
import { type Finding, ok, unknown, warn } from "./check.ts";
import type { HubFacts } from "./hub-facts.ts";

const BUILDERS = "the builders' own allowed_scms cannot be seen from outside";
const IF_REFUSED = "if builds end with `is not allowed` or `not in the list of allowed SCMs`, have the source allowed";
/** The end of each rule Koji comes with: nobody has written this policy (kojihub/kojixmlrpc.py, `_default_policies`). */
const UNTOUCHED = "via default policy";

/**
 * Builders ask the policy `build_from_scm`, their own configuration, or both (`allowed_scms_use_policy` and
 * `allowed_scms_use_config` of kojid.conf); which, no hub tells.
 */
export function judgePolicies(policies: HubFacts["policies"]): Finding[] {
  return policies.map(({ source: { url }, policy }) => {
    const what = url.replace(/#.*$/s, "");
    if (!policy.ok) return unknown("sources", `${what}: ${explain(policy.error)}; ${BUILDERS}`, IF_REFUSED);
    const [verdict = "", ...reason] = policy.value.trim().split(/\s+/);
    if (/^(?:yes|true|allow|allowed)$/i.test(verdict))
      return ok("sources", `${what}: the hub's policy allows it; ${BUILDERS}`);
    const why = reason.join(" ");
    if (why.endsWith(UNTOUCHED))
      return unknown("sources", `${what}: the hub has no policy for it; ${BUILDERS}`, IF_REFUSED);
    const seen = `${what}: the hub's policy refuses it${why === "" ? "" : ` (${why})`}`;
    return warn(
      "sources",
      seen,
      "have the hub's administrators allow it in build_from_scm, unless the builders go by allowed_scms",
    );
  });
}
