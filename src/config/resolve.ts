import { resolve } from "node:path";
import { KojibridgeError } from "../domain/errors.ts";
import { compilePatterns, compileRepoPattern, type Patterns } from "../domain/pattern.ts";
import type { ForkPolicy, RepoFileLimits } from "../domain/rule.ts";
import type { RepoEntry, Rule } from "../domain/rules.ts";
import type { Template } from "../domain/template.ts";
import type {
  AppConfig,
  Config,
  DatabaseConfig,
  ForgeConfig,
  HubAuth,
  HubConfig,
  QueueConfig,
  RetentionConfig,
} from "./config.ts";
import { parseDatabase } from "./database.ts";
import { type Network, parseNetwork, parseRate } from "./network.ts";
import { toOverrides, toTaskOptions } from "./overrides.ts";
import { formatPath, type Path } from "./problem.ts";
import { parseRedis } from "./queue.ts";
import type { ConfigInput } from "./schema.ts";
import { redisServer } from "./schema-queue.ts";
import type { Secret } from "./secret.ts";
import { parseAddress, parseDuration, parseSize } from "./units.ts";

export type HubInput = ConfigInput["hubs"][string];
type ForgeInput = ConfigInput["forges"][string];
type RuleInput = ConfigInput["rules"][number];

interface Context {
  readonly directory: string;
  readonly secrets: ReadonlyMap<string, Secret>;
  /** The operator's own wording. */
  readonly comment?: Template | null;
}

/** What the schema has accepted, as the rest of the program takes it. */
export function toConfig(input: ConfigInput, file: string, context: Context): Config {
  return deepFreeze({
    file,
    server: {
      listen: sure(parseAddress(input.server.listen)),
      publicUrl: toBase(input.server.public_url),
      bodyLimit: sure(parseSize(input.server.body_limit)),
      rateLimit: parseRate(input.server.rate_limit),
      trustProxy: toNetworks(input.server.trust_proxy ?? []),
      apiToken: input.server.api_token === undefined ? null : secretAt(["server", "api_token"], context),
    },
    database: toDatabase(input.database, context),
    queue: toQueue(input.queue, context),
    retention: toRetention(input.retention),
    hubs: mapValues(input.hubs, (hub, name) => toHub(name, hub, context)),
    forges: mapValues(input.forges, (forge, name) => toForge(name, forge, context)),
    reports: toReports(input.reports, context),
    repos: (input.repos ?? []).map(toRepoEntry),
    commands: input.commands,
    rules: input.rules.map((rule) => toRule(rule, input.forks, input.repo_file)),
  });
}

function toReports({ comments, language, summary }: ConfigInput["reports"], { comment }: Context): Config["reports"] {
  return { comments, language, summary: summary || null, comment: comment ?? null };
}

function toRetention(retention: ConfigInput["retention"]): RetentionConfig {
  return {
    // `forever` is no duration.
    payloads: parseDuration(retention.payloads),
    deliveries: parseDuration(retention.deliveries),
    builds: parseDuration(retention.builds),
    mostDeliveries: retention.max_deliveries ?? null,
    mostBuilds: retention.max_builds ?? null,
  };
}

function toDatabase(database: ConfigInput["database"], context: Context): DatabaseConfig {
  if (typeof database === "string") return parseDatabase(database, context.directory);
  return { kind: "postgres", url: database.url, password: secretAt(["database", "password"], context) };
}

function toQueue(queue: ConfigInput["queue"], context: Context): QueueConfig {
  if (queue === "local") return { kind: "local" };
  const { url, prefix, ca, password, sentinel_password } =
    typeof queue === "string" ? redisServer.parse({ url: queue }) : queue;
  return {
    kind: "redis",
    ...parseRedis(url),
    password: password ? secretAt(["queue", "password"], context) : null,
    sentinelPassword: sentinel_password ? secretAt(["queue", "sentinel_password"], context) : null,
    ca: toPath(ca, context),
    prefix,
  };
}

export function toHub(name: string, hub: HubInput, context: Context): HubConfig {
  return {
    name,
    profile: hub.profile ?? null,
    url: hub.url ?? null,
    webUrl: toBase(hub.web_url),
    topUrl: toBase(hub.top_url),
    ca: toPath(hub.ca, context),
    auth: hub.auth ? toAuth(name, hub.auth, context) : null,
    pollInterval: sure(parseDuration(hub.poll_interval)),
    sidetagLifetime: sure(parseDuration(hub.sidetag_lifetime)),
    reservedTargets: toPatterns(hub.reserved_targets),
    infraRetries: hub.infra_retries,
  };
}

function toAuth(hub: string, auth: NonNullable<HubInput["auth"]>, context: Context): HubAuth {
  switch (auth.method) {
    case "password": {
      const { method, username } = auth;
      return { method, username, password: secretAt(["hubs", hub, "auth", "password"], context) };
    }
    case "ssl":
      return { method: auth.method, cert: resolve(context.directory, auth.cert), proxyuser: auth.proxyuser ?? null };
    case "gssapi":
      return {
        method: auth.method,
        principal: auth.principal ?? null,
        keytab: toPath(auth.keytab, context),
        ccache: toPath(auth.ccache, context),
        proxyuser: auth.proxyuser ?? null,
      };
    case "none":
      return { method: auth.method };
  }
}

function toForge(name: string, forge: ForgeInput, context: Context): ForgeConfig {
  const path = ["forges", name];
  const secretsAt = (key: string, value: unknown) =>
    Array.isArray(value)
      ? value.map((_, i) => secretAt([...path, key, i], context))
      : [...(value === undefined ? [] : [secretAt([...path, key], context)])];
  const common = {
    name,
    oauth: forge.oauth
      ? { clientId: forge.oauth.client_id, clientSecret: secretAt([...path, "oauth", "client_secret"], context) }
      : null,
    allow: forge.allow === undefined ? null : toNetworks(forge.allow),
    webhookSecrets: secretsAt("webhook_secret", forge.webhook_secret),
  };
  if (forge.type === "github") {
    const token = forge.token === undefined ? null : secretAt([...path, "token"], context);
    return {
      type: forge.type,
      ...common,
      token,
      app: toApp(name, forge.app, context),
      apiUrl: sure(toBase(forge.api_url)),
    };
  }
  const token = secretAt([...path, "token"], context);
  if (forge.type !== "gitlab") return { type: "forgejo", ...common, token, url: sure(toBase(forge.url)) };
  const signingTokens = secretsAt("signing_token", forge.signing_token);
  return { type: forge.type, ...common, token, url: sure(toBase(forge.url)), signingTokens };
}

type AppInput = Extract<ForgeInput, { type: "github" }>["app"];

function toApp(forge: string, app: AppInput, context: Context): AppConfig | null {
  if (app === undefined) return null;
  const privateKey = secretAt(["forges", forge, "app", "private_key"], context);
  return { id: app.id, privateKey, installation: app.installation ?? null };
}

function toRepoEntry({ match, ...entry }: NonNullable<ConfigInput["repos"]>[number]): RepoEntry {
  return { match: compilePatterns(toList(match), compileRepoPattern), ...toOverrides(entry) };
}

/** `repoFile` as the file as a whole says. */
export function toRule({ build, ...rule }: RuleInput, forks: ForkPolicy, repoFile?: RepoFileInput): Rule {
  return {
    name: rule.name,
    repos: compilePatterns(toList(rule.repos), compileRepoPattern),
    on: toList(rule.on),
    branches: toPatterns(rule.branches),
    tags: toPatterns(rule.tags),
    paths: toPatterns(rule.paths),
    labels: toPatterns(rule.labels),
    authors: toPatterns(rule.authors),
    titles: toPatterns(rule.titles),
    messages: toPatterns(rule.messages),
    drafts: rule.drafts,
    package: rule.package?.path ?? null,
    spec: rule.package?.spec ?? null,
    build: {
      hub: build.hub,
      targets: toList(build.target),
      scratch: build.scratch,
      arches: build.arches ?? [],
      source: build.source ?? null,
      context: build.context ?? null,
      from: toList(build.from ?? []),
      unprotected: build.unprotected,
      optional: build.optional,
      ...toOverrides(build),
      options: toTaskOptions(build),
      onExisting: build.on_existing ?? "adopt",
    },
    forks: rule.forks ?? forks,
    repoFile: toRepoFile(rule.repo_file ?? repoFile),
    comments: rule.comments ?? null,
    reportSkipped: rule.report_skipped,
  };
}

type RepoFileInput = RuleInput["repo_file"];

function toRepoFile(input: RepoFileInput): RepoFileLimits | null {
  if (input === undefined || !input.allow) return null;
  return {
    targets: toPatterns(input.targets),
    macros: toPatterns(input.macros),
    conditions: toPatterns(input.with),
    realBuilds: input.real_builds,
  };
}

function toPatterns(value: string | string[] | undefined): Patterns | null {
  return value === undefined ? null : compilePatterns(toList(value));
}

function toNetworks(value: string | string[]): Network[] {
  return toList(value).map((text) => sure(parseNetwork(text)));
}

function secretAt(path: Path, { secrets }: Context): Secret {
  return sure(secrets.get(formatPath(path)));
}

function toPath(file: string | undefined, { directory }: Context): string | null {
  return file === undefined ? null : resolve(directory, file);
}

/** So that `${base}/path` is right however it was written. */
function toBase(url: string | undefined): string | null {
  return url?.replace(/\/+$/, "") ?? null;
}

function toList<Item>(value: Item | Item[]): Item[] {
  return Array.isArray(value) ? value : [value];
}

/** Without a prototype: forge names are looked up as strangers write them in a URL. */
function mapValues<In, Out>(
  record: Record<string, In>,
  convert: (value: In, name: string) => Out,
): Record<string, Out> {
  const entries = Object.entries(record).map(([name, value]) => [name, convert(value, name)] as const);
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

/** The schema and this file disagree otherwise. */
function sure<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined)
    throw new KojibridgeError("bug", "an accepted configuration cannot be resolved");
  return value;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
