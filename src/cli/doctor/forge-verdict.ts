import type { Account, Grant } from "../../adapters/forge/probe.ts";
import type { ForgeConfig } from "../../config/config.ts";
import { explain, isKind, kindOf } from "../../domain/errors.ts";
import type { Result } from "./attempt.ts";
import { type Check, type Finding, fail, ok, toChecks, unknown, warn } from "./check.ts";
import { judgeClock } from "./clock.ts";
import type { ForgeNeeds } from "./needs.ts";

export interface ForgeFacts {
  readonly account: Result<Account>;
  readonly grant: Result<Grant>;
}

/** What the facts mean for the rules. Pure; `now` in epoch milliseconds. */
export function judgeForge(forge: ForgeConfig, needs: ForgeNeeds, facts: ForgeFacts, now: number): Check[] {
  return toChecks(`forges.${forge.name}`, findings(forge, needs, facts, now), needs.needed);
}

function findings(forge: ForgeConfig, needs: ForgeNeeds, { account, grant }: ForgeFacts, now: number): Finding[] {
  const address = forge.type === "github" ? forge.apiUrl : forge.url;
  if (!account.ok && !isKind(account.error, "auth"))
    return [fail("reachable", explain(account.error), whatToDo(forge, address, account.error))];
  return [
    ok("reachable", address),
    judgeToken(forge, account),
    ...judgeGrant(forge, needs, grant, now),
    ...(account.ok ? [judgeClock(account.value.ahead)] : []),
  ];
}

function whatToDo({ type, name }: ForgeConfig, address: string, error: unknown): string {
  if (isKind(error, "throttled")) return "wait until then; does somebody else use this token?";
  if (kindOf(error) === "transient")
    return `see that ${address} is up and that this machine gets there: name, firewall, proxy`;
  return `correct forges.${name}.${type === "github" ? "api_url" : "url"}: is this ${WHAT[type]}?`;
}

const WHAT: Readonly<Record<ForgeConfig["type"], string>> = {
  github: "GitHub's API",
  gitlab: "a GitLab",
  forgejo: "a Forgejo or Gitea",
};

function judgeToken({ name }: ForgeConfig, account: Result<Account>): Finding {
  if (!account.ok) return fail("token", explain(account.error), `make a new token and give it as forges.${name}.token`);
  return ok(
    "token",
    account.value.login ?? "of an App or a job: no account, so comments are known by their marker alone",
  );
}

/** Of a token that is refused, the line before has said it all. */
function judgeGrant(forge: ForgeConfig, needs: ForgeNeeds, grant: Result<Grant>, now: number): Finding[] {
  if (grant.ok) return [judgeScopes(forge, needs, grant.value), ...judgeExpiry(forge, grant.value, now)];
  return isKind(grant.error, "auth") ? [] : [unknown("scopes", explain(grant.error))];
}

function judgeScopes(forge: ForgeConfig, needs: ForgeNeeds, { scopes }: Grant): Finding {
  switch (forge.type) {
    case "github":
      return gitHubScopes(forge, needs, scopes);
    case "gitlab":
      return gitLabScopes(forge, scopes);
    case "forgejo": {
      const todo =
        "see in its settings that it has read:user, write:repository and write:issue; who may command is told to administrators of a repo only";
      return unknown("scopes", "Forgejo does not tell those of a token", todo);
    }
  }
}

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps */
function gitHubScopes(forge: ForgeConfig, { comments }: ForgeNeeds, scopes: Grant["scopes"]): Finding {
  const { name } = forge;
  if (forge.type === "github" && forge.app !== null) return appPermissions(name, comments, scopes ?? []);
  if (scopes === null) {
    const todo =
      "see in its settings that it has Commit statuses and Pull requests: Read and write, and Contents: Read, for every repository";
    return unknown("scopes", "GitHub does not tell those of fine-grained and App tokens", todo);
  }
  const seen = scopes.join(" ") || "none";
  if (scopes.includes("repo")) return ok("scopes", seen);
  if (scopes.includes("public_repo")) return ok("scopes", `${seen}: public repositories only`);
  if (!scopes.includes("repo:status"))
    return fail(
      "scopes",
      seen,
      `give the token of forges.${name} the scope \`repo\` (for statuses alone \`repo:status\`)`,
    );
  if (!comments) return ok("scopes", seen);
  return warn("scopes", `${seen}: no comments`, `give the token the scope \`repo\`, or say \`comments: never\``);
}

/** https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
function appPermissions(name: string, comments: boolean, permissions: readonly string[]): Finding {
  const needed = ["checks:write", "contents:read", ...(comments ? ["pull_requests:write"] : [])];
  const missing = needed.filter(
    (each) => !permissions.includes(each) && !permissions.includes(each.replace("read", "write")),
  );
  const seen = permissions.join(" ") || "none";
  if (missing.length === 0) return ok("permissions", seen);
  return fail(
    "permissions",
    seen,
    `give the App of forges.${name} also ${missing.join(", ")}, and accept it where it is installed`,
  );
}

function gitLabScopes({ name }: ForgeConfig, scopes: Grant["scopes"]): Finding {
  // Fine-grained tokens: https://docs.gitlab.com/auth/tokens/fine_grained_access_tokens/
  if (scopes === null || scopes.includes("granular") || scopes.length === 0) {
    const todo = "see in its settings that it may write commit statuses and merge request notes";
    return unknown("scopes", "GitLab does not tell those of this kind of token", todo);
  }
  const seen = scopes.join(" ");
  if (scopes.includes("api")) return ok("scopes", seen);
  return fail("scopes", seen, `make a token with the scope \`api\` and give it as forges.${name}.token`);
}

const DAY = 86_400_000;
/** Days; GitLab's own first mail comes 30 or 7 days before. */
const SOON = 14;

function judgeExpiry({ name }: ForgeConfig, { expiresAt }: Grant, now: number): Finding[] {
  if (expiresAt === null) return [];
  const days = Math.floor((expiresAt - now) / DAY);
  const seen = `${new Date(expiresAt).toISOString().slice(0, 10)}, in ${days} day${days === 1 ? "" : "s"}`;
  return [
    days >= SOON ? ok("expiry", seen) : warn("expiry", seen, `make the next token and give it as forges.${name}.token`),
  ];
}
