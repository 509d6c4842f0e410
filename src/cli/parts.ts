import { createMeter, type Meter } from "../adapters/forge/meter.ts";
import { createHub, type OnCall, type OpenHub } from "../adapters/koji/index.ts";
import { createMetrics, type Metrics } from "../adapters/metrics/metrics.ts";
import { openQueue, type QueueAddress } from "../adapters/queue/open.ts";
import { type DatabaseAddress, openStore } from "../adapters/store/open.ts";
import { createRepoFiles } from "../app/repo-files.ts";
import type { AppConfig, Config, DatabaseConfig, ForgeConfig, QueueConfig } from "../config/config.ts";
import { parseRepoFile } from "../config/repo-file.ts";
import { defaultComment } from "../domain/comment-template.ts";
import { NO_LINKS } from "../domain/links.ts";
import { WORDS } from "../domain/words/words.ts";
import type { Forge, ForgeReceiver } from "../ports/forge.ts";
import type { Log } from "../ports/runtime.ts";
import type { Parts } from "./bridge.ts";
import { resolveHubs } from "./hubs.ts";
import { createLogins } from "./logins.ts";
import { createReceiver } from "./receivers.ts";
import { version } from "./version.ts";

const FORGE_TIMEOUT_MS = 30_000;

export interface OpenParts extends Parts {
  readonly hubs: ReadonlyMap<string, OpenHub>;
  /** What each forge last said of our rate limit. */
  readonly budgets: ReadonlyMap<string, Meter>;
  readonly metrics: Metrics;
  readonly receivers: ReadonlyMap<string, ForgeReceiver>;
  /** Ends every call under way to hubs and forges. */
  disconnect(): Promise<void>;
}

/** Opens what the configuration names. Hubs and forges are contacted only when they are needed. */
export async function openParts(config: Config, log: Log): Promise<OpenParts> {
  const addresses = await resolveHubs(config);
  const metrics = createMetrics(version(), Date.now);
  const hubs = new Map(
    [...addresses].map(([name, { options }]) => {
      const onCall: OnCall = (...call) => metrics.called(name, ...call);
      return [name, createHub({ ...options, onCall })];
    }),
  );
  const forges = new Map<string, Forge>();
  const budgets = mapValues(config.forges, () => createMeter(Date.now));
  for (const forge of Object.values(config.forges))
    forges.set(forge.name, await openForge(forge, budgets.get(forge.name)));
  const logins = createLogins(forges, log);
  return {
    store: await openStore(toAddress(config.database)),
    queue: await openQueue(toQueueAddress(config.queue), log),
    hubs,
    forges,
    budgets,
    receivers: mapValues(config.forges, (forge) => createReceiver(forge, true)),
    facts: forges,
    roles: config.commands,
    guards: forges,
    repoFiles: createRepoFiles(parseRepoFile),
    rules: config.rules,
    repos: config.repos,
    comments: config.reports.comments,
    summary: config.reports.summary,
    webUrl: (hub) => addresses.get(hub)?.webUrl ?? null,
    links: (hub) => addresses.get(hub)?.links ?? NO_LINKS,
    comment: config.reports.comment ?? defaultComment(),
    pollInterval: (hub) => config.hubs[hub]?.pollInterval ?? 5_000,
    infraRetries: (hub) => config.hubs[hub]?.infraRetries ?? 0,
    words: WORDS[config.reports.language],
    secrets: secretsOf(config),
    macrosIn: "hub",
    sidetagLifetime: (hub) => config.hubs[hub]?.sidetagLifetime ?? 7 * 86_400_000,
    isReserved: (hub, target) => config.hubs[hub]?.reservedTargets?.matches(target) ?? false,
    ownLogin: logins.of,
    metrics,
    tally: metrics,
    log,
    now: Date.now,
    async disconnect() {
      logins.stop();
      await Promise.all([...hubs.values()].map((hub) => hub.close()));
    },
  };
}

/** Every secret the configuration holds: for the log to hide. */
export function secretsOf(config: Config): string[] {
  const passwords = Object.values(config.hubs).flatMap(({ auth }) =>
    auth?.method === "password" ? [auth.password] : [],
  );
  const tokens = Object.values(config.forges).flatMap((forge) => [
    forge.token,
    ...(forge.type === "github" && forge.app !== null ? [forge.app.privateKey] : []),
    ...(forge.oauth === null ? [] : [forge.oauth.clientSecret]),
    ...forge.webhookSecrets,
    ...(forge.type === "gitlab" ? forge.signingTokens : []),
  ]);
  const { database, queue, server } = config;
  const databases = database.kind === "postgres" ? [database.password] : [];
  const queues = queue.kind === "redis" ? [queue.password, queue.sentinelPassword] : [];
  const all = [...passwords, ...tokens, server.apiToken, ...databases, ...queues];
  return all.flatMap((secret) => secret?.reveal() ?? []);
}

export function toAddress(database: DatabaseConfig): DatabaseAddress {
  if (database.kind === "sqlite") return database;
  return { ...database, password: database.password?.reveal() ?? null };
}

function toQueueAddress(queue: QueueConfig): QueueAddress {
  if (queue.kind === "local") return queue;
  const { password, sentinelPassword } = queue;
  return { ...queue, password: password?.reveal() ?? null, sentinelPassword: sentinelPassword?.reveal() ?? null };
}

/** Each client is loaded only where its forge is configured: GitLab's alone is 10 MiB. */
async function openForge(config: ForgeConfig, meter: Meter | undefined): Promise<Forge> {
  const observed = { timeoutMs: FORGE_TIMEOUT_MS, meter: meter?.observe };
  const common = { forge: config.name, userAgent: `kojibridge/${version()}`, ...observed };
  const token = () => config.token?.reveal() ?? "";
  switch (config.type) {
    case "github": {
      const { createGitHubAppClient, createGitHubClient } = await import("../adapters/forge/github/client.ts");
      const options = { ...common, apiUrl: config.apiUrl };
      if (config.app === null) return createGitHubClient({ ...options, token });
      return createGitHubAppClient({ ...options, app: toGitHubApp(config.app) });
    }
    case "gitlab": {
      const { createGitLabClient } = await import("../adapters/forge/gitlab/client.ts");
      return createGitLabClient({ ...common, token, url: config.url });
    }
    case "forgejo": {
      const { createForgejoClient } = await import("../adapters/forge/forgejo/client.ts");
      return createForgejoClient({ ...common, token, url: config.url });
    }
  }
}

export function toGitHubApp({ id, privateKey, installation }: AppConfig) {
  return { id, privateKey: () => privateKey.reveal(), installation };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Map<string, B> {
  return new Map(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
