import type { LoggedInUser } from "../../adapters/koji/calls/system.ts";
import type { Auth } from "../../adapters/koji/connection.ts";
import { explain, kindOf } from "../../domain/errors.ts";
import type { Result } from "./attempt.ts";
import { type Check, type Finding, fail, ok, toChecks, unknown, warn } from "./check.ts";
import { judgeClock } from "./clock.ts";
import type { HubFacts } from "./hub-facts.ts";
import type { HubNeeds } from "./needs.ts";
import { judgePolicies } from "./policy-verdict.ts";
import { judgeTarget } from "./target-verdict.ts";

export interface HubIdentity {
  readonly name: string;
  /** Null when not even that could be made out. */
  readonly url: string | null;
  readonly method: Auth["method"] | null;
}

/** What the facts mean for the rules. Pure. */
export function judgeHub(hub: HubIdentity, needs: HubNeeds, facts: Result<HubFacts>): Check[] {
  const subject = `hubs.${hub.name}`;
  if (!facts.ok) return toChecks(subject, [unreachable(hub, facts.error)], needs.needed);
  const { capabilities, ahead, user, permissions, targets, policies } = facts.value;
  const findings = [
    ok("reachable", hub.url ?? ""),
    judgeVersion(capabilities),
    judgeClock(ahead),
    ...judgeAccount(hub, needs, user, permissions),
    judgeSideTags(capabilities, needs),
    ...judgePolicies(policies),
  ];
  return [
    ...toChecks(subject, findings, needs.needed),
    ...[...targets].flatMap(([name, target]) =>
      toChecks(`${subject}/${name}`, judgeTarget(name, needs.targets.get(name) ?? [], target), true),
    ),
    ...needs.templates.flatMap((template) =>
      toChecks(`${subject}/${template}`, [unknown("target", "decided per event")], true),
    ),
  ];
}

function unreachable({ name, url, method }: HubIdentity, error: unknown): Finding {
  const todo =
    kindOf(error) === "transient"
      ? `see that the hub runs and that this machine gets to ${url ?? "it"}: name, firewall, proxy`
      : `correct hubs.${name}: \`url\`, \`profile\`${method === "password" ? "" : ", `auth`"} or \`ca\``;
  return fail("reachable", explain(error), todo);
}

function judgeVersion({ version, fence }: HubFacts["capabilities"]): Finding {
  const seen = version === null ? "Koji older than 1.23" : `Koji ${version.join(".")}`;
  if (fence) return ok("version", seen);
  const todo =
    "have the hub updated to 1.31 or newer: older ones cannot close a lost session, so a build in doubt is not sent again";
  return warn("version", seen, todo);
}

/** Without it macros get in through the build tag alone, which has to be nobody else's (docs/macros.md). */
function judgeSideTags({ sideTags, sideTagMacros }: HubFacts["capabilities"], { withMacros }: HubNeeds): Finding {
  const seen = sideTagMacros ? "the plugin is there" : sideTags ? "the plugin is there, without macros" : "no plugin";
  if (sideTagMacros || withMacros.length === 0) return ok("sidetags", sideTags ? seen : `${seen}; no rule needs it`);
  const todo = "have the plugin of Koji 1.33 or newer switched on, or name targets of your own in `reserved_targets`";
  return warn("sidetags", `${seen}; macros of ${withMacros.join(", ")} need it`, todo);
}

function judgeAccount(
  hub: HubIdentity,
  { needed }: HubNeeds,
  user: Result<LoggedInUser>,
  permissions: HubFacts["permissions"],
): Finding[] {
  if (hub.method === "none") {
    const seen = "none: the hub is only read";
    return [needed ? fail("login", seen, `give hubs.${hub.name} an \`auth\`: rules build there`) : ok("login", seen)];
  }
  if (!user.ok) return [fail("login", explain(user.error), whatToDo(hub, user.error))];
  const { name, authType } = user.value;
  const login = ok("login", authType === null ? name : `${name}, by ${authType}`);
  if (!permissions.ok) return [login, unknown("permissions", explain(permissions.error))];
  return [login, judgePermissions(name, permissions.value)];
}

function judgePermissions(user: string, permissions: readonly string[]): Finding {
  const seen =
    permissions.length === 0 ? "none; building needs none, unless the hub's policies want some" : permissions.join(" ");
  if (!permissions.includes("admin")) return ok("permissions", seen);
  return warn("permissions", seen, `give the bridge a user of its own: it needs no administrator, and ${user} is one`);
}

const CREDENTIALS: Readonly<Record<Auth["method"], string>> = {
  password: "`username` and `password`",
  ssl: "`cert` (is it of a CA the hub knows, and when does it expire?) and `proxyuser`",
  gssapi: "`principal`, `keytab` or `ccache`, and `proxyuser`",
  none: "`method`",
};

function whatToDo({ name, method }: HubIdentity, error: unknown): string {
  if (kindOf(error) === "transient") return "try again; if it stays, ask the hub's administrators";
  return `check hubs.${name}.auth: ${CREDENTIALS[method ?? "none"]}; is the user enabled on the hub?`;
}
