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
import { type HubAddress, resolveHubs } from "./hubs.ts";
import { createLogins } from "./logins.ts";
import { createReceiver } from "./receivers.ts";
import { contentOf } from "./reload.ts";
import { version } from "./version.ts";

const FORGE_TIMEOUT_MS = 30_000;

export interface OpenParts extends Parts {
  readonly hubs: ReadonlyMap<string, OpenHub>;
  /** What each forge last said of our rate limit. */
  readonly budgets: ReadonlyMap<string, Meter>;
  readonly metrics: Metrics;
  readonly receivers: ReadonlyMap<string, ForgeReceiver>;
  /** What each hub and forge was made of. */
  readonly keys: ReadonlyMap<string, string>;
  /** Ends every call under way to hubs, but for those that others go on with. */
  disconnect(except?: OpenParts): Promise<void>;
}

/**
 * Opens what the configuration names. Hubs and forges are contacted only when they are needed. `before`: what is still the
 * same goes on, the database and the queue always do.
 */
export async function openParts(config: Config, log: Log, before: OpenParts | null = null): Promise<OpenParts> {
  const addresses = await resolveHubs(config);
  const metrics = before?.metrics ?? createMetrics(version(), Date.now);
  const keys = new Map<string, string>();
  /** The one there was, if it was made of the same. */
  function reuse<T>(name: string, key: string, known: ReadonlyMap<string, T> | undefined): T | undefined {
    keys.set(name, key);
    return before?.keys.get(name) === key ? known?.get(name.slice(name.indexOf(" ") + 1)) : undefined;
  }
  const hubs = new Map<string, OpenHub>();
  for (const [name, { options }] of addresses) {
    const onCall: OnCall = (...call) => metrics.called(name, ...call);
    const known = reuse(`hub ${name}`, keyOfHub(options), before?.hubs);
    hubs.set(name, known ?? createHub({ ...options, onCall }));
  }
  const forges = new Map<string, Forge>();
  const budgets = new Map<string, Meter>();
  for (const forge of Object.values(config.forges)) {
    const { name } = forge;
    const known = reuse(`forge ${name}`, keyOfForge(forge), before?.forges);
    const budget = (known && before?.budgets.get(name)) ?? createMeter(Date.now);
    budgets.set(name, budget);
    forges.set(name, known ?? (await openForge(forge, budget)));
  }
  const logins = createLogins(forges, log);
  return {
    store: before?.store ?? (await openStore(toAddress(config.database))),
    queue: before?.queue ?? (await openQueue(toQueueAddress(config.queue), log)),
    keys,
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
    now: before?.now ?? Date.now,
    async disconnect(except) {
      logins.stop();
      const others = [...hubs].filter(([name, hub]) => except?.hubs.get(name) !== hub);
      await Promise.all(others.map(([, hub]) => hub.close()));
    },
  };
}

/** Files are read once: another certificate is another hub. */
function keyOfHub(options: HubAddress["options"]): string {
  const files = [options.ca, options.auth.method === "ssl" ? options.auth.cert : null];
  return JSON.stringify([options, files.map((file) => file && contentOf(file).toString("base64"))]);
}

function keyOfForge(forge: ForgeConfig): string {
  const app = forge.type === "github" && forge.app !== null ? toGitHubApp(forge.app) : null;
  const url = forge.type === "github" ? forge.apiUrl : forge.url;
  return JSON.stringify([forge.type, url, forge.token?.reveal(), app, app?.privateKey()]);
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
