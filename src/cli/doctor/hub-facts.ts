import type { LoggedInUser } from "../../adapters/koji/calls/system.ts";
import type { BuildConfig, Tag } from "../../adapters/koji/calls/tags.ts";
import type { BuildTarget } from "../../adapters/koji/calls/targets.ts";
import { type Capabilities, detectCapabilities } from "../../adapters/koji/capabilities.ts";
import { type Connection, createConnection, type HubOptions } from "../../adapters/koji/connection.ts";
import { createCalls, type KojiCalls } from "../../adapters/koji/hub.ts";
import type { Attempt, Result } from "./attempt.ts";
import type { HubNeeds, SourceUse } from "./needs.ts";
import { toPolicyData } from "./sources.ts";

/** What a hub that answers said. */
export interface HubFacts {
  readonly capabilities: Capabilities;
  /** Milliseconds its clock is ahead of ours. */
  readonly ahead: number;
  readonly user: Result<LoggedInUser>;
  readonly permissions: Result<readonly string[]>;
  readonly targets: ReadonlyMap<string, Result<TargetFacts>>;
  readonly policies: readonly { readonly source: SourceUse; readonly policy: Result<string> }[];
}

export type TargetFacts =
  | { readonly exists: false; readonly others: readonly string[] }
  | {
      readonly exists: true;
      readonly target: BuildTarget;
      readonly destination: Tag | null;
      readonly config: BuildConfig;
    };

/** One try each, and every error its own: nothing is repeated and no breaker stands in between. */
const IMPATIENT = {
  connectTimeout: 5_000,
  responseTimeout: 15_000,
  totalTimeout: 15_000,
  resendAfter: [],
  breaker: { threshold: Number.POSITIVE_INFINITY },
};

/** Not `ok`: the hub cannot be reached. What is asked afterwards fails each for itself. */
export async function askHub(options: HubOptions, needs: HubNeeds, attempt: Attempt): Promise<Result<HubFacts>> {
  const opened = await attempt(() => createConnection({ ...options, ...IMPATIENT }));
  if (!opened.ok) return opened;
  try {
    return await askOpened(opened.value, needs, attempt);
  } finally {
    await attempt(() => opened.value.close());
  }
}

async function askOpened(connection: Connection, needs: HubNeeds, attempt: Attempt): Promise<Result<HubFacts>> {
  const koji = createCalls(connection.caller);
  const capabilities = await attempt(() => detectCapabilities(koji));
  if (!capabilities.ok) return capabilities;
  const ahead = connection.clock.now() - Date.now();
  const [account, targets] = await Promise.all([
    askAccount(connection, koji, needs, attempt),
    Promise.all(
      [...needs.targets.keys()].map(async (name) => [name, await attempt(() => askTarget(koji, name))] as const),
    ),
  ]);
  return { ok: true, value: { capabilities: capabilities.value, ahead, ...account, targets: new Map(targets) } };
}

type AccountFacts = Pick<HubFacts, "user" | "permissions" | "policies">;

async function askAccount(
  { caller }: Connection,
  koji: KojiCalls,
  { sources }: HubNeeds,
  attempt: Attempt,
): Promise<AccountFacts> {
  const user = await attempt(() => koji.getLoggedInUser());
  if (!user.ok) return { user, permissions: user, policies: [] };
  const { id } = user.value;
  const [permissions, policies] = await Promise.all([
    attempt(() => koji.getUserPerms(id)),
    Promise.all(
      sources.map(async (source) => {
        const data = toPolicyData(source.url, id, source.scratch);
        return {
          source,
          policy: await attempt(async () => String(await caller.read("evalPolicy", "build_from_scm", data))),
        };
      }),
    ),
  ]);
  return { user, permissions, policies };
}

async function askTarget(koji: KojiCalls, name: string): Promise<TargetFacts> {
  const target = await koji.getBuildTarget(name);
  if (target === null) return { exists: false, others: (await koji.getBuildTargets()).map((other) => other.name) };
  const [destination, config] = await Promise.all([
    koji.getTag(target.destTagId),
    koji.getBuildConfig(target.buildTagId),
  ]);
  return { exists: true, target, destination, config };
}
